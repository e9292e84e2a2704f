//! The graphics devices of this machine, in an order that does not change, and the choice among them.
use super::{
    device::{Gpu, device_descriptor},
    vulkan,
};
use crate::RenderError;
use cutroom_types::DeviceId;

/// A graphics device that can draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Its number: the place in the order by hardware before software, place on the PCI bus, UUID and
    /// name.
    pub number: usize,
    /// Name of the adapter.
    pub name: String,
    /// Name and version of the driver.
    pub driver: String,
    /// Vulkan's UUID, by which other interfaces know it, too.
    pub id: Option<DeviceId>,
    /// Place on the PCI bus, `domain:bus:device.function`; empty if it has none or the driver does not
    /// say.
    pub bus: String,
    /// Size of its own memory, bytes, if the driver says.
    pub memory_bytes: Option<u64>,
    /// Whether it is software, which is used only if it is asked for.
    pub is_software: bool,
    /// Preference when none is asked for, lowest first.
    rank: u8,
    /// Numbers of vendor and device.
    model: [u32; 2],
}

impl Card {
    fn of(adapter: &wgpu::Adapter) -> Self {
        let info = adapter.get_info();
        let (id, memory_bytes) = vulkan::adapter_facts(adapter).unwrap_or_default();
        let (rank, is_software) = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => (0, false),
            wgpu::DeviceType::IntegratedGpu => (1, false),
            wgpu::DeviceType::VirtualGpu => (2, false),
            wgpu::DeviceType::Other => (3, false),
            wgpu::DeviceType::Cpu => (4, true),
        };
        Self {
            number: 0,
            name: info.name,
            driver: if info.driver_info.is_empty() { info.driver } else { format!("{} {}", info.driver, info.driver_info) },
            id,
            bus: info.device_pci_bus_id,
            memory_bytes: memory_bytes.filter(|_| !is_software),
            is_software,
            rank,
            model: [info.vendor, info.device],
        }
    }

    /// Where it is in the order.
    fn place(&self) -> (bool, &str, Option<[u8; 16]>, &str) {
        (self.is_software, &self.bus, self.id.map(|id| id.0), &self.name)
    }
}

/// All devices; loads the machine's Vulkan drivers.
pub fn cards() -> Vec<Card> {
    listed().into_iter().map(|(card, _)| card).collect()
}

/// All devices with their adapters.
fn listed() -> Vec<(Card, wgpu::Adapter)> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::VULKAN,
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::VULKAN));
    let mut all: Vec<_> = adapters.into_iter().map(|adapter| (Card::of(&adapter), adapter)).collect();
    all.sort_by(|(a, _), (b, _)| a.place().cmp(&b.place()));
    (0..).zip(&mut all).for_each(|(number, (card, _))| card.number = number);
    all
}

impl Gpu {
    /// Opens the best Vulkan device; software only if allowed.
    ///
    /// # Errors
    /// [`RenderError::Gpu`] when there is none or it cannot be opened.
    pub fn open(allow_software: bool) -> Result<Self, RenderError> {
        Self::open_card(None, allow_software)
    }

    /// Opens the device of a number, or the best one.
    ///
    /// # Errors
    /// [`RenderError::NoCard`] for a number that none has; as [`Self::open`].
    pub fn open_card(number: Option<usize>, allow_software: bool) -> Result<Self, RenderError> {
        if number.is_none() && !allow_software && !is_listed() {
            return Err(RenderError::Gpu("this machine has no graphics device".into()));
        }
        let (all, adapters): (Vec<Card>, Vec<wgpu::Adapter>) = listed().into_iter().unzip();
        let are_several = all.iter().filter(|card| !card.is_software).count() > 1;
        let mut problem = "no Vulkan adapter was found".to_string();
        for at in to_try(&all, number, allow_software)? {
            let (card, adapter) = (&all[at], &adapters[at]);
            let request = adapter.request_device(&device_descriptor(adapter));
            match pollster::block_on(request) {
                Ok((device, queue)) => {
                    let which = if are_several { format!(", card {}", card.number) } else { String::new() };
                    return Ok(Self::from_parts(device, queue, format!("{} ({}){which}", card.name, card.driver)));
                }
                Err(e) => problem = format!("{} cannot be opened: {e}", card.name),
            }
        }
        Err(RenderError::Gpu(problem))
    }
}

/// The numbers of the devices to try, the best first: the one that is wanted, or all that may be used.
///
/// # Errors
/// [`RenderError::NoCard`] for a number that none has.
fn to_try(cards: &[Card], wanted: Option<usize>, allow_software: bool) -> Result<Vec<usize>, RenderError> {
    if let Some(number) = wanted {
        return named(cards, number).map(|card| vec![card.number]);
    }
    let mut usable: Vec<&Card> = cards.iter().filter(|card| allow_software || !card.is_software).collect();
    usable.sort_by_key(|card| card.rank);
    Ok(usable.into_iter().map(|card| card.number).collect())
}

/// The device with this number.
///
/// # Errors
/// [`RenderError::NoCard`] with those that there are.
pub fn named(cards: &[Card], number: usize) -> Result<&Card, RenderError> {
    let known = || match cards {
        [] => "this machine has no graphics device".to_owned(),
        _ => cards.iter().map(|card| format!("{} is {}", card.number, card.name)).collect::<Vec<_>>().join(", "),
    };
    cards.iter().find(|card| card.number == number).ok_or_else(|| RenderError::NoCard { number, known: known() })
}

/// The numbers of the devices that draw the same bits as the best one, which is first: hardware of its
/// model with its driver. Empty without hardware.
pub fn alike(cards: &[Card]) -> Vec<usize> {
    let Some(best) = cards.iter().filter(|card| !card.is_software).min_by_key(|card| card.rank) else { return Vec::new() };
    let is_alike = |card: &&Card| !card.is_software && card.model == best.model && card.driver == best.driver;
    cards.iter().filter(is_alike).map(|card| card.number).collect()
}

/// Whether the operating system lists a graphics device. Asked before Vulkan's drivers are loaded, which
/// takes tens of milliseconds, and prints messages, only to find software devices on most servers.
fn is_listed() -> bool {
    !cfg!(target_os = "linux") || count("/dev/dri", "renderD") + count("/dev", "nvidia") + count("/dev", "dxg") > 0
}

/// Whether the operating system lists several of a kind, as far as it says.
pub fn are_several_listed() -> bool {
    let numbered = |prefix: &str| (0..16).filter(|n| std::path::Path::new(&format!("/dev/{prefix}{n}")).exists()).count();
    !cfg!(target_os = "linux") || count("/dev/dri", "renderD") > 1 || numbered("nvidia") > 1
}

fn count(dir: &str, prefix: &str) -> usize {
    let named = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().starts_with(prefix);
    std::fs::read_dir(dir).map_or(0, |entries| entries.flatten().filter(named).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, bus: &str, id: u8, rank: u8) -> Card {
        let model = [0x10de, u32::from(rank)];
        let (name, bus, driver) = (name.into(), bus.into(), "NVIDIA 580".into());
        Card { name, bus, driver, id: Some(DeviceId([id; 16])), is_software: rank == 4, rank, model, ..Card::default() }
    }

    /// In the order of [`listed`].
    fn numbered(mut all: Vec<Card>) -> Vec<Card> {
        all.sort_by(|a, b| a.place().cmp(&b.place()));
        (0..).zip(&mut all).for_each(|(number, card)| card.number = number);
        all
    }

    fn names(cards: &[Card]) -> Vec<&str> {
        cards.iter().map(|card| card.name.as_str()).collect()
    }

    #[test]
    fn the_order_does_not_depend_on_that_of_the_driver() {
        let all = [card("b", "0000:41:00.0", 1, 0), card("a", "0000:05:00.0", 2, 0), card("soft", "", 0, 4), card("c", "", 9, 1)];
        let mut turned = all.to_vec();
        for _ in 0..all.len() {
            turned.rotate_left(1);
            assert_eq!(names(&numbered(turned.clone())), ["c", "a", "b", "soft"]);
        }
        // Two of one place are told apart by their UUIDs.
        assert_eq!(names(&numbered(vec![card("y", "", 2, 0), card("x", "", 1, 0)])), ["x", "y"]);
    }

    #[test]
    fn the_best_is_tried_first_and_a_number_alone() {
        let all = numbered(vec![card("small", "0000:00:02.0", 1, 1), card("large", "0000:01:00.0", 2, 0), card("soft", "", 3, 4)]);
        assert_eq!(to_try(&all, None, false).unwrap(), [1, 0]);
        assert_eq!(to_try(&all, None, true).unwrap(), [1, 0, 2]);
        assert_eq!(to_try(&all, Some(2), false).unwrap(), [2], "software, since it was asked for");
        let error = to_try(&all, Some(3), true).unwrap_err();
        assert_eq!(error.code(), "render.gpu.absent");
        assert!(error.to_string().contains("0 is small, 1 is large, 2 is soft"), "{error}");
        assert!(to_try(&[], Some(0), true).unwrap_err().to_string().contains("no graphics device"));
    }

    #[test]
    fn a_film_is_spread_over_cards_of_one_model_and_driver() {
        let (a, b) = (card("a", "0000:01:00.0", 1, 0), card("a", "0000:02:00.0", 2, 0));
        let other = Card { model: [0x10de, 7], ..card("other", "0000:00:00.0", 3, 0) };
        let older = Card { driver: "NVIDIA 570".into(), ..card("a", "0000:03:00.0", 4, 0) };
        let (small, soft) = (card("small", "0000:00:02.0", 5, 1), card("soft", "", 6, 4));
        assert_eq!(alike(&numbered(vec![a.clone(), b.clone(), older.clone(), small.clone(), soft.clone()])), [1, 2]);
        assert_eq!(alike(&numbered(vec![b, other, a])), [0], "the first of the best");
        assert_eq!(alike(&numbered(vec![small, soft.clone()])), [0]);
        assert_eq!(alike(&[soft]), [0; 0]);
    }
}
