import { describe, expect, it } from "vitest";
import { Deck } from "./deck";
import { Watch } from "./watch";

describe("what is measured", () => {
  it("is the sum of what views want, said when it changes", () => {
    const said: string[] = [];
    const watch = new Watch((scopes, meters) => void said.push(`${scopes.join(" ")} ${meters}`));
    const meter = watch.want({ meters: true });
    const other = watch.want({ meters: true });
    const scopes = watch.want({ scopes: ["waveform", "histogram"] });
    meter();
    watch.again();
    scopes();
    other();
    expect(said).toEqual([" true", "histogram waveform true", "histogram waveform true", " true", " false"]);
  });

  it("is not said to a new server while nobody wants anything", () => {
    const said: boolean[] = [];
    new Watch((_, meters) => void said.push(meters)).again();
    expect(said).toEqual([]);
  });
});

describe("the sound", () => {
  it("is taken from the player that had it", () => {
    const deck = new Deck();
    const log: string[] = [];
    const player = (name: string) => ({ playing: true, pause: () => void log.push(name) });
    const [film, source] = [player("film"), player("source")];
    deck.take(film);
    deck.take(film);
    deck.take(source);
    deck.release(source);
    deck.take(film);
    expect(log).toEqual(["film"]);
  });
});
