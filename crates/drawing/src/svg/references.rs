//! How many elements a file has when everything that refers to others is written out: `use`, patterns,
//! masks, markers. A few lines can stand for billions; they are counted without writing them out.
use resvg::usvg::roxmltree::{Document, Node};
use std::collections::HashMap;

/// Attributes that hold for everything inside of their element.
const INHERITED: [&str; 6] = ["fill", "stroke", "marker-start", "marker-mid", "marker-end", "marker"];

/// Number of elements; `u64::MAX` if it is larger.
pub(super) fn weight(document: &Document<'_>) -> u64 {
    let nodes: Vec<Node<'_, '_>> = document.descendants().filter(Node::is_element).collect();
    let mut by_id = HashMap::new();
    for node in &nodes {
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_insert(*node);
        }
    }
    let mut counted = Counted { by_id, known: HashMap::new(), total: nodes.len() as u64 };
    counted.of(document.root_element(), 0)
}

struct Counted<'a, 'input> {
    by_id: HashMap<&'a str, Node<'a, 'input>>,
    /// By the position of the element in the file; `None` while it is being counted.
    known: HashMap<u32, Option<u64>>,
    total: u64,
}

/// Longest chain of elements inside of others, and of references.
const MAX_CHAIN: usize = 5_000;

impl<'a> Counted<'a, '_> {
    fn of(&mut self, node: Node<'a, '_>, chain: usize) -> u64
    where
        Self: 'a,
    {
        if chain > MAX_CHAIN {
            return u64::MAX;
        }
        let id = node.id().get();
        match self.known.get(&id) {
            Some(Some(known)) => return *known,
            // A circle; it is cut when the file is read.
            Some(None) => return 0,
            None => {}
        }
        self.known.insert(id, None);
        let mut sum = 1u64;
        for child in node.children().filter(Node::is_element) {
            sum = sum.saturating_add(self.of(child, chain + 1));
        }
        let inside = sum;
        for attribute in node.attributes() {
            let times = if INHERITED.contains(&attribute.name()) || attribute.name() == "style" { inside } else { 1 };
            sum = sum.saturating_add(self.referred(attribute.value(), chain).saturating_mul(times));
        }
        if node.tag_name().name() == "style" {
            // A rule may hold for every element.
            let rules = node.text().unwrap_or_default();
            sum = sum.saturating_add(self.referred(rules, chain).saturating_mul(self.total));
        }
        self.known.insert(id, Some(sum));
        sum
    }

    /// The elements that a value refers to.
    fn referred(&mut self, value: &str, chain: usize) -> u64 {
        let mut sum = 0u64;
        for part in value.split('#').skip(1) {
            let end = part.find([')', '"', '\'', ' ', ';']).unwrap_or(part.len());
            if let Some(target) = self.by_id.get(&part[..end]).copied() {
                sum = sum.saturating_add(self.of(target, chain + 1));
            }
        }
        sum
    }
}
