import { describe, expect, it } from "vitest";
import { enteredTime, timeText } from "./display";
import { rateOf } from "./time";

describe("times", () => {
  const pal = rateOf("25");
  const ntsc = rateOf("30000/1001");

  it("are shown as timecode, frames and seconds", () => {
    expect(timeText("timecode", pal, 37)).toBe("00:00:01:12");
    expect(timeText("frames", pal, 37)).toBe("37");
    expect(timeText("seconds", pal, 37)).toBe("1.48 s");
    // 30 frames of 1001/30000 s.
    expect(timeText("seconds", ntsc, 30)).toBe("1.00 s");
    expect(timeText("seconds", ntsc, -30)).toBe("-1.00 s");
  });

  it("are typed in what is shown", () => {
    expect(enteredTime("frames", pal, "1512", 0)).toBe(1512);
    expect(enteredTime("timecode", pal, "1512", 0)).toBe(15 * 25 + 12);
    expect(enteredTime("seconds", pal, "1.5", 0)).toBe(38);
    expect(enteredTime("seconds", pal, "+2", 10)).toBe(60);
    expect(enteredTime("frames", pal, "-5", 10)).toBe(5);
    expect(enteredTime("seconds", pal, "00:00:02:00", 0)).toBe(50);
    expect(enteredTime("frames", pal, "soon", 0)).toBeUndefined();
  });

  it("that are shown are understood again", () => {
    for (const rate of [pal, ntsc, rateOf("24000/1001"), rateOf("60")]) {
      for (const display of ["timecode", "frames", "seconds"] as const) {
        for (let frame = 0; frame < 20_000; frame += 37)
          expect(enteredTime(display, rate, timeText(display, rate, frame), 0), `${display} ${frame}`).toBe(frame);
      }
    }
  });
});
