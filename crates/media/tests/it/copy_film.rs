//! What the tests of copying share: footage whose frames carry their number, a film of copied and
//! encoded pieces in an MP4 that this file writes (boxes of ISO/IEC 14496-12), and its examination
//! by the ffmpeg program.
use crate::oracle::{ffmpeg, ffprobe, make};
use cutroom_media::{
    MediaIndex, ReadOptions, VideoReader,
    copy::{Before, CodedPacket, CopySource, CopySpan, EdgeEncoder, EdgeSettings, Reason, merged_extradata},
    write::VideoSettings,
};
use cutroom_types::{Deinterlace, FrameRate};
use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// Size of made footage.
pub const WIDTH: usize = 128;
pub const HEIGHT: usize = 96;
/// Rows of a picture that are its number: eight cells of 16 columns, the lowest bit first.
const NUMBER_ROWS: usize = 32;

/// Makes footage at 25 frames a second whose frames have their number in large cells above a moving
/// picture.
pub fn numbered(dir: &Path, name: &str, frames: usize, codec: &[&str]) -> PathBuf {
    let source = format!("testsrc2=size={WIDTH}x{HEIGHT}:rate=25,format=yuv420p");
    let cells = format!("if(lt(Y,{NUMBER_ROWS}),if(mod(floor(N/pow(2,floor(X/16))),2),235,16),p(X,Y))");
    let chroma = |plane: &str| format!("if(lt(Y,{}),128,{plane}(X,Y))", NUMBER_ROWS / 2);
    let filter = format!("geq=lum='{cells}':cb='{}':cr='{}'", chroma("cb"), chroma("cr"));
    let frames = frames.to_string();
    let color = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"];
    let input = ["-f", "lavfi", "-i", &source, "-vf", &filter, "-frames:v", &frames];
    make(dir, name, &[&input[..], &color, codec].concat())
}

/// The number in a picture's luma; rows are `WIDTH` bytes.
pub fn number(luma: &[u8]) -> usize {
    let cell = |n: usize| {
        let pixels = (8..NUMBER_ROWS - 8).flat_map(|y| (n * 16 + 4..n * 16 + 12).map(move |x| (x, y)));
        pixels.map(|(x, y)| usize::from(luma[y * WIDTH + x])).sum::<usize>() / (8 * (NUMBER_ROWS - 16))
    };
    (0..8).map(|n| usize::from(cell(n) > 125) << n).sum()
}

/// Numbers of all frames of a file, by ffmpeg.
pub fn numbers(path: &Path) -> Vec<usize> {
    let raw = ffmpeg(&["-i", path.to_str().unwrap(), "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-"]);
    raw.chunks_exact(WIDTH * HEIGHT).map(number).collect()
}

/// Hashes of all decoded frames, by ffmpeg, which must have nothing to complain about.
pub fn frame_hashes(path: &Path) -> Vec<String> {
    let decode = ["-v", "warning", "-nostdin", "-i"];
    let all = ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"];
    let out = Command::new("ffmpeg").args(decode).arg(path).args(all).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{}: {said}", path.display());
    let is_about_pictures = |l: &&str| !l.is_empty() && !l.contains("deprecated pixel format") && !l.contains("swscaler");
    assert_eq!(said.lines().find(is_about_pictures), None, "{}", path.display());
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// Hashes of the bytes of all packets of the first video stream, by ffprobe.
fn packet_hashes(path: &Path) -> Vec<String> {
    let wanted = ["-select_streams", "v:0", "-show_entries", "packet=data_hash", "-show_data_hash", "md5"];
    ffprobe(path, &wanted).lines().map(str::to_owned).collect()
}

/// A coded picture of the film.
struct Coded {
    pts: i64,
    key: bool,
    data: Vec<u8>,
}

/// A film as it grows.
#[derive(Default)]
pub struct Film {
    coded: Vec<Coded>,
    frames: usize,
}

impl Film {
    fn add(&mut self, base: usize, p: CodedPacket<'_>) {
        self.coded.push(Coded { pts: base as i64 + p.pts, key: p.key, data: p.data.to_vec() });
    }

    /// Appends frames of a source as they are.
    pub fn copy(&mut self, source: &CopySource, span: &CopySpan) {
        let base = self.frames;
        source
            .packets(span, &mut |p| {
                self.add(base, p);
                Ok(())
            })
            .unwrap();
        self.frames += span.copy.len();
        assert_eq!(self.coded.len(), self.frames, "a packet for each frame");
    }

    /// Appends frames of a file, encoded.
    pub fn encode(&mut self, reader: &mut VideoReader, frames: Range<usize>, edges: &EdgeSettings) {
        if frames.is_empty() {
            return;
        }
        let base = self.frames;
        let mut encoder = EdgeEncoder::open(edges).unwrap();
        let mut add = |p: CodedPacket<'_>| {
            self.add(base, p);
            Ok(())
        };
        for n in frames.clone() {
            encoder.push(&reader.frame(n).unwrap().picture, &mut add).unwrap();
        }
        encoder.finish(&mut add).unwrap();
        self.frames += frames.len();
        assert_eq!(self.coded.len(), self.frames, "a packet for each frame");
    }

    /// Writes an MP4 with one video track.
    pub fn write(&self, path: &Path, entry: &[u8; 4], record: (&[u8; 4], &[u8]), size: (u32, u32), rate: FrameRate) {
        let sorted = |mut all: Vec<i64>| {
            all.sort_unstable();
            all
        };
        let shown = sorted(self.coded.iter().map(|c| c.pts).collect());
        assert_eq!(shown, (0..self.frames as i64).collect::<Vec<_>>(), "each frame once");
        let delay = self.coded.iter().enumerate().map(|(i, c)| i as i64 - c.pts).max().unwrap_or(0);
        let delta = rate.den();
        let data: Vec<u8> = self.coded.iter().flat_map(|c| c.data.clone()).collect();
        let ftyp = boxed(b"ftyp", &[&b"isom"[..], &n32(512), b"isomiso2mp41"]);
        let mut at = ftyp.len() as u32 + 8;
        let (mut sizes, mut places, mut offsets, mut keys) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (i, c) in self.coded.iter().enumerate() {
            sizes.extend(n32(c.data.len() as u32));
            places.extend(n32(at));
            at += c.data.len() as u32;
            offsets.extend([n32(1), n32((c.pts - (i as i64 - delay)) as u32 * delta)].concat());
            if c.key {
                keys.extend(n32(i as u32 + 1));
            }
        }
        let count = n32(self.coded.len() as u32);
        let key_count = n32(keys.len() as u32 / 4);
        let length = n32(self.frames as u32 * delta);
        let (scale, zero) = (n32(rate.num()), [0u8; 128]);
        let unity = [n32(1 << 16), n32(0), n32(0), n32(0), n32(1 << 16), n32(0), n32(0), n32(0), n32(1 << 30)].concat();
        let side = |n: u32| (n as u16).to_be_bytes();
        let sample = [
            &zero[..6],
            &[0, 1],
            &zero[..16],
            &side(size.0),
            &side(size.1),
            &n32(72 << 16),
            &n32(72 << 16),
            &zero[..4],
            &[0, 1],
            &zero[..32],
            &[0, 24, 0xFF, 0xFF],
        ];
        let record = if record.1.is_empty() { Vec::new() } else { boxed(record.0, &[record.1]) };
        let sample = boxed(entry, &[&sample.concat(), &record]);
        let stbl = boxed(
            b"stbl",
            &[
                &boxed(b"stsd", &[&zero[..4], &n32(1), &sample]),
                &boxed(b"stts", &[&zero[..4], &n32(1), &count, &n32(delta)]),
                &boxed(b"ctts", &[&zero[..4], &count, &offsets]),
                &boxed(b"stss", &[&zero[..4], &key_count, &keys]),
                &boxed(b"stsc", &[&zero[..4], &n32(1), &n32(1), &n32(1), &n32(1)]),
                &boxed(b"stsz", &[&zero[..8], &count, &sizes]),
                &boxed(b"stco", &[&zero[..4], &count, &places]),
            ],
        );
        let dinf = boxed(b"dinf", &[&boxed(b"dref", &[&zero[..4], &n32(1), &boxed(b"url ", &[&n32(1)])])]);
        let minf = boxed(b"minf", &[&boxed(b"vmhd", &[&n32(1), &zero[..8]]), &dinf, &stbl]);
        let mdia = boxed(
            b"mdia",
            &[
                &boxed(b"mdhd", &[&zero[..12], &scale, &length, &[0x55, 0xC4, 0, 0]]),
                &boxed(b"hdlr", &[&zero[..8], b"vide", &zero[..13]]),
                &minf,
            ],
        );
        let elst = boxed(b"elst", &[&zero[..4], &n32(1), &length, &n32(delay as u32 * delta), &n32(1 << 16)]);
        let trak = boxed(
            b"trak",
            &[
                &boxed(
                    b"tkhd",
                    &[
                        &n32(3),
                        &zero[..8],
                        &n32(1),
                        &zero[..4],
                        &length,
                        &zero[..16],
                        &unity,
                        &n32(size.0 << 16),
                        &n32(size.1 << 16),
                    ],
                ),
                &boxed(b"edts", &[&elst]),
                &mdia,
            ],
        );
        let mvhd =
            boxed(b"mvhd", &[&zero[..12], &scale, &length, &n32(1 << 16), &[1, 0], &zero[..10], &unity, &zero[..24], &n32(2)]);
        let moov = boxed(b"moov", &[&mvhd, &trak]);
        std::fs::write(path, [ftyp, boxed(b"mdat", &[&data]), moov].concat()).unwrap();
    }
}

fn n32(n: u32) -> [u8; 4] {
    n.to_be_bytes()
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = 8 + parts.iter().map(|p| p.len() as u32).sum::<u32>();
    [&n32(length)[..], kind, &parts.concat()].concat()
}

/// A source with what is needed to make films of it.
pub struct Footage {
    pub path: PathBuf,
    pub source: CopySource,
    pub settings: VideoSettings,
    pub reader: VideoReader,
}

/// Opens a file as a source, with settings of a film that fits it.
pub fn open(path: &Path, rate: Option<FrameRate>) -> Result<Footage, Reason> {
    let index = MediaIndex::scan(path).unwrap();
    let info = index.info().video[0].clone();
    let rate = rate.or(info.average_rate).unwrap();
    let source = CopySource::open(&index, 0, rate)?;
    let mut settings = VideoSettings::new(source.codec(), info.size, rate).unwrap();
    settings.format = info.format.unwrap();
    settings.color = info.color;
    settings.hdr = info.hdr;
    settings.sample_aspect = info.sample_aspect;
    settings.threads = 2;
    settings.preset = matches!(source.codec(), "h264" | "h265").then(|| "ultrafast".into());
    let options = ReadOptions { threads: 2, deinterlace: Deinterlace::Off, ..ReadOptions::default() };
    let reader = VideoReader::open_indexed(Arc::clone(&index), 0, options).unwrap();
    Ok(Footage { path: path.to_owned(), source, settings, reader })
}

/// Makes a film of spans of a source and checks it by ffmpeg: the number of frames, that copied
/// frames decode to the same samples and have the same bytes, that times rise. Returns the spans and
/// the film.
pub fn film_of(f: &mut Footage, dir: &Path, spans: &[Range<usize>]) -> Result<(Vec<CopySpan>, PathBuf), Reason> {
    let container = if matches!(f.source.codec(), "prores" | "dnxhr") { "mov" } else { "mp4" };
    let edges = f.source.fits(&f.settings, container)?;
    let (mut film, mut before, mut plans) = (Film::default(), Before::Nothing, Vec::new());
    // Frame of the film to frame of the source, where it is copied.
    let (mut copied, mut wanted) = (BTreeMap::new(), Vec::new());
    for span in spans {
        let plan = f.source.copy_span(span.clone(), before)?;
        assert_eq!(
            (plan.encode_before.start, plan.encode_before.end, plan.copy.end, plan.encode_after.end),
            (span.start, plan.copy.start, plan.encode_after.start, span.end)
        );
        film.encode(&mut f.reader, plan.encode_before.clone(), &edges);
        copied.extend(plan.copy.clone().enumerate().map(|(n, of)| (film.frames + n, of)));
        film.copy(&f.source, &plan);
        film.encode(&mut f.reader, plan.encode_after.clone(), &edges);
        before = if plan.encode_after.is_empty() { Before::Copied } else { Before::Encoded };
        wanted.extend(span.clone());
        plans.push(plan);
    }
    let record = merged_extradata(&[&f.source], &edges)?;
    let tag = ffprobe(&f.path, &["-select_streams", "v:0", "-show_entries", "stream=codec_tag_string"]);
    let (entry, kind): ([u8; 4], &[u8; 4]) = match f.source.codec() {
        "h264" => (*b"avc1", b"avcC"),
        "h265" => (*b"hvc1", b"hvcC"),
        _ => (tag.trim().as_bytes().try_into().unwrap_or(*b"AVdh"), b"none"),
    };
    let path = dir.join("film.mp4");
    let size = (f.settings.size.width, f.settings.size.height);
    film.write(&path, &entry, (kind, &record), size, f.settings.frame_rate);
    let (own, of_source) = (frame_hashes(&path), frame_hashes(&f.path));
    assert_eq!(own.len(), wanted.len(), "frames of {}", f.path.display());
    let wrong = copied.iter().find(|(n, of)| own[**n] != of_source[**of]);
    assert_eq!(wrong, None, "{}: a copied frame decodes to other samples", f.path.display());
    let dts: Vec<i64> =
        ffprobe(&path, &["-select_streams", "v:0", "-show_entries", "packet=dts"]).lines().map(|l| l.parse().unwrap()).collect();
    assert!(dts.windows(2).all(|w| w[0] < w[1]));
    // Where the form is the same, packets are the same bytes.
    let same_form = f.path.extension().is_some_and(|e| e == "mp4" || e == "mov");
    if same_form {
        let (own, of_source) = (packet_hashes(&path), packet_hashes(&f.path));
        let found = own.iter().filter(|h| of_source.contains(h)).count();
        assert!(found >= copied.len(), "{}: {found} packets of {}", f.path.display(), copied.len());
    }
    Ok((plans, path))
}
