//! `cutroom devices`.
use crate::{
    failure::{Failure, Words},
    interrupt, text,
};
use clap::Args;
use cutroom_api::{LatencyRequest, SoundDeviceReport};

/// Arguments of `cutroom devices`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom devices
  cutroom devices --json
  cutroom devices --measure-latency --input headset

--measure-latency plays a burst of noise and finds it in what the input hears: the microphone has to stand before the
loudspeaker, or a cable has to join the two. What it prints is for `record --latency-ms`.
Exit codes: 0 done, 1 failed, 2 usage, 130 interrupted.")]
pub struct DevicesArgs {
    /// Measure how much later sound is recorded than heard
    #[arg(long)]
    pub measure_latency: bool,
    /// The output, by its id or name
    #[arg(long, value_name = "NAME", requires = "measure_latency")]
    pub device: Option<String>,
    /// The input, by its id or name
    #[arg(long, value_name = "NAME", requires = "measure_latency")]
    pub input: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Names of the requests' fields on the command line.
pub const WORDS: &Words = &[("device", "--device"), ("input", "--input")];

/// Lists sound devices, or measures their latency.
pub fn devices(args: &DevicesArgs) -> Result<(), Failure> {
    if args.measure_latency {
        let (cancel, _) = interrupt::cancellation()?;
        let request = LatencyRequest { device: args.device.clone(), input: args.input.clone() };
        let report = cutroom_api::sound_latency(&request, &cancel).map_err(|e| Failure::of(e, WORDS))?;
        return match args.json {
            true => super::print_json(&report),
            false => super::print(&format!("{:.2} ms\n", report.latency_ms)),
        };
    }
    let report = cutroom_api::sound_devices().map_err(|e| Failure::of(e, WORDS))?;
    if args.json {
        return super::print_json(&report);
    }
    super::print(&format!("{}{}", listed("outputs", &report.outputs), listed("inputs", &report.inputs)))
}

fn listed(title: &str, devices: &[SoundDeviceReport]) -> String {
    if devices.is_empty() {
        return format!("{title}: none\n");
    }
    let row = |d: &SoundDeviceReport| {
        let rates = match (d.channels, d.min_rate_hz == d.max_rate_hz) {
            (0, _) => "in use".to_owned(),
            (n, true) => format!("{n} channels, {} Hz", d.max_rate_hz),
            (n, false) => format!("{n} channels, {} to {} Hz", d.min_rate_hz, d.max_rate_hz),
        };
        vec![if d.is_default { "* " } else { "  " }.to_owned() + &d.id, d.name.clone(), rates]
    };
    format!("{title}:\n{}", text::table(&devices.iter().map(row).collect::<Vec<_>>()))
}
