//! Finds cycles between the modules of a crate. Of each module, the modules directly below it are
//! compared, each including everything below it; dependencies between them must not form a cycle. A
//! module and the modules below it may use each other.
//!
//! Sources are split into words, not compiled: `use` trees and paths are followed through
//! re-exports to the module that defines the name. Code marked `#[cfg(test)]` is left out, and so
//! is what only the expansion of a macro would show.
use crate::{layers::LAYERS, sources::Source, words::words};
use std::collections::{BTreeMap, BTreeSet};

/// Permitted cycles: the crate's folder, the modules that may use each other, and the reason.
pub const MAY_STAY: &[(&str, &[&str], &str)] = &[
    (
        "crates/pipeline",
        &["composition", "effect_measure", "frames", "handles", "offline", "sound", "validate"],
        "an open composition is what readers of frames and sound are opened from, and what they hold; a slate is a frame of one",
    ),
    (
        "apps/cli",
        &["args", "commands"],
        "the command line is made of the commands, and two of them (completions, man) are made of it",
    ),
];

/// Maximum length of a chain of re-exports; a longer one is a re-export of itself.
const MAX_RE_EXPORTS: usize = 32;

/// A cycle: modules that use each other, each including all modules below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Folder of the crate, as in [`LAYERS`].
    pub crate_dir: String,
    /// Paths of the modules from the crate root, sorted.
    pub modules: Vec<String>,
    /// A shortest cycle through the modules: which module uses which name of which other, in order.
    pub ring: Vec<String>,
}

/// One line for every cycle that [`MAY_STAY`] does not permit, and for every permitted one that no
/// longer exists.
pub fn found(sources: &[Source]) -> Vec<String> {
    let cycles: Vec<Cycle> = LAYERS.iter().flat_map(|layer| of_crate(layer.dir, sources)).collect();
    let covers =
        |dir: &str, modules: &[&str], c: &Cycle| c.crate_dir == dir && c.modules.iter().all(|m| modules.contains(&m.as_str()));
    let listed = |c: &Cycle| MAY_STAY.iter().any(|(dir, modules, _)| covers(dir, modules, c));
    let mut lines: Vec<String> = cycles
        .iter()
        .filter(|c| !listed(c))
        .map(|c| format!("{}: {} use each other: {}", c.crate_dir, c.modules.join(", "), c.ring.join("; ")))
        .collect();
    for (dir, modules, _) in MAY_STAY {
        if !cycles.iter().any(|c| covers(dir, modules, c)) {
            lines.push(format!("{dir}: {} are no circle and need no excuse any more", modules.join(", ")));
        }
    }
    lines
}

/// The cycles of the crate in `dir`.
pub fn of_crate(dir: &str, sources: &[Source]) -> Vec<Cycle> {
    let modules = Modules::read(dir, sources);
    let uses = modules.uses();
    let mut cycles = Vec::new();
    for parent in modules.by_path.keys() {
        cycles.extend(among_children(parent, &uses).into_iter().map(|(modules, ring)| Cycle {
            crate_dir: dir.into(),
            modules,
            ring,
        }));
    }
    cycles
}

/// The cycles among the modules directly below `parent`: the modules of each, and one shortest path
/// around it.
fn among_children(parent: &str, uses: &BTreeSet<Use>) -> Vec<(Vec<String>, Vec<String>)> {
    let mut arrows: BTreeMap<String, BTreeMap<String, &Use>> = BTreeMap::new();
    for used in uses {
        if let (Some(from), Some(to)) = (child_below(parent, &used.from), child_below(parent, &used.to))
            && from != to
        {
            arrows.entry(from).or_default().entry(to).or_insert(used);
        }
    }
    let mut knots: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for start in arrows.keys() {
        if knots.iter().any(|(modules, _)| modules.contains(start)) {
            continue;
        }
        let reached = reachable(start, &arrows);
        let modules: Vec<String> = reached.iter().filter(|m| reachable(m, &arrows).contains(start)).cloned().collect();
        if reached.contains(start) {
            let ring = shortest_ring(start, &arrows);
            let shown = ring.iter().map(|(from, to)| {
                let used = arrows[from][to];
                format!("{from} → {to} ({} names {})", used.from_file, used.name)
            });
            knots.push((modules, shown.collect()));
        }
    }
    knots
}

/// The module directly below `parent` that is `module` or contains it.
fn child_below(parent: &str, module: &str) -> Option<String> {
    let rest = if parent.is_empty() { module } else { module.strip_prefix(parent)?.strip_prefix("::")? };
    let first = rest.split("::").next().filter(|name| !name.is_empty())?;
    Some(if parent.is_empty() { first.into() } else { format!("{parent}::{first}") })
}

/// The modules that can be reached from `start` by one or more dependencies.
fn reachable(start: &str, arrows: &BTreeMap<String, BTreeMap<String, &Use>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut pending = vec![start.to_owned()];
    while let Some(at) = pending.pop() {
        for next in arrows.get(&at).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(next.clone()) {
                pending.push(next.clone());
            }
        }
    }
    reached
}

/// The dependencies of a shortest path from `start` back to `start`, which must exist.
fn shortest_ring(start: &str, arrows: &BTreeMap<String, BTreeMap<String, &Use>>) -> Vec<(String, String)> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut pending = std::collections::VecDeque::from([start]);
    while let Some(at) = pending.pop_front() {
        for next in arrows.get(at).into_iter().flat_map(BTreeMap::keys) {
            if came_from.contains_key(next.as_str()) {
                continue;
            }
            came_from.insert(next, at);
            pending.push_back(next);
        }
    }
    let mut ring = Vec::new();
    let mut at = start;
    while let Some(from) = came_from.get(at) {
        ring.push(((*from).to_owned(), at.to_owned()));
        at = from;
        if at == start {
            break;
        }
    }
    ring.reverse();
    ring
}

/// The use of a name of module `to` in module `from`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    from: String,
    to: String,
    from_file: String,
    name: String,
}

/// The modules of a crate by path (`""` is the crate itself, then `a`, `a::b`).
struct Modules {
    by_path: BTreeMap<String, Module>,
}

#[derive(Default)]
struct Module {
    file: String,
    /// Names bound by `use`, re-exported or not, with their paths.
    bound: BTreeMap<String, Vec<String>>,
    /// Paths of glob imports.
    globs: Vec<Vec<String>>,
    /// Every path in the text, including those of `use` and single words.
    paths: BTreeSet<Vec<String>>,
}

impl Modules {
    fn read(dir: &str, sources: &[Source]) -> Self {
        let folder = format!("{dir}/src/");
        let mut by_path = BTreeMap::new();
        for source in sources {
            let Some(file) = source.path.strip_prefix(&folder).and_then(|f| f.strip_suffix(".rs")) else { continue };
            // Tests of a module in a file of their own use what tests may use.
            if file.ends_with("/tests") {
                continue;
            }
            let file = file.strip_suffix("/mod").unwrap_or(file);
            let path = if file == "lib" || file == "main" { String::new() } else { file.replace('/', "::") };
            let module = Module::read(&source.path, &words(&source.text));
            by_path.insert(path, module);
        }
        Self { by_path }
    }

    fn uses(&self) -> BTreeSet<Use> {
        let mut uses = BTreeSet::new();
        for (from, module) in &self.by_path {
            for path in &module.paths {
                if let Some(to) = self.definition(from, path, 0).filter(|to| to.module() != from) {
                    let (from_file, name) = (module.file.clone(), path.join("::"));
                    uses.insert(Use { from: from.clone(), to: to.module().to_owned(), from_file, name });
                }
            }
        }
        uses
    }

    /// Resolves `path`, used in `module`, to where its last name is defined; `None` if that is
    /// outside this crate.
    fn definition(&self, module: &str, path: &[String], depth: usize) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        let at = match first.as_str() {
            "crate" => Place::Module(String::new()),
            "self" => Place::Module(module.to_owned()),
            "super" => Place::Module(parent_of(module)?.to_owned()),
            _ => self.named(module, first, depth)?,
        };
        rest.iter().try_fold(at, |at, name| match at {
            Place::Module(module) if name == "super" => Some(Place::Module(parent_of(&module)?.to_owned())),
            Place::Module(module) => Some(self.named(&module, name, depth).unwrap_or(Place::Item(module))),
            item @ Place::Item(_) => Some(item),
        })
    }

    /// Resolves `name` in `module`: a module below it, or a name that it binds; `None` if neither.
    fn named(&self, module: &str, name: &str, depth: usize) -> Option<Place> {
        let child = if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") };
        if self.by_path.contains_key(&child) {
            return Some(Place::Module(child));
        }
        if depth >= MAX_RE_EXPORTS {
            return None;
        }
        let here = self.by_path.get(module)?;
        if let Some(path) = here.bound.get(name).filter(|path| path.first().is_some_and(|first| first != name)) {
            return self.definition(module, path, depth + 1);
        }
        here.globs.iter().find_map(|glob| match self.definition(module, glob, depth + 1)? {
            Place::Module(from) => self.named(&from, name, depth + 1),
            Place::Item(_) => None,
        })
    }
}

/// Target of a path.
enum Place {
    Module(String),
    /// An item that the module defines itself.
    Item(String),
}

impl Place {
    fn module(&self) -> &str {
        let (Self::Module(module) | Self::Item(module)) = self;
        module
    }
}

fn parent_of(module: &str) -> Option<&str> {
    if module.is_empty() { None } else { Some(module.rsplit_once("::").map_or("", |(parent, _)| parent)) }
}

impl Module {
    fn read(file: &str, words: &[&str]) -> Self {
        let mut module = Self { file: file.into(), ..Self::default() };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if words[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
                at = after_item(words, at + 7);
            } else if *word == "use" {
                at = module.bind(words, at + 1, &mut Vec::new());
            } else if is_name(word) && (at == 0 || !matches!(words[at - 1], "." | "::")) {
                let mut path = vec![(*word).to_owned()];
                at += 1;
                while words.get(at) == Some(&"::") && words.get(at + 1).is_some_and(|w| is_name(w)) {
                    path.push(words[at + 1].to_owned());
                    at += 2;
                }
                module.paths.insert(path);
            } else {
                at += 1;
            }
        }
        module
    }

    /// Reads one tree of a `use` from `words[at]`, below `prefix`; returns the index after it.
    fn bind(&mut self, words: &[&str], mut at: usize, prefix: &mut Vec<String>) -> usize {
        let depth = prefix.len();
        while let Some(word) = words.get(at) {
            match *word {
                "{" => {
                    at += 1;
                    while words.get(at).is_some_and(|w| *w != "}") {
                        let end = self.bind(words, at, prefix);
                        // A comma, or a token that only a macro's body has.
                        at = end + usize::from(end == at || words.get(end) == Some(&","));
                    }
                    at += 1;
                    break;
                }
                "*" => {
                    self.paths.insert(prefix.clone());
                    self.globs.push(prefix.clone());
                    at += 1;
                    break;
                }
                "::" => at += 1,
                name if is_name(name) => {
                    at += 1;
                    if name != "self" || prefix.is_empty() {
                        prefix.push(name.to_owned());
                    }
                    if words.get(at) != Some(&"::") {
                        let renamed = words.get(at) == Some(&"as");
                        let bound = if renamed { words.get(at + 1).copied() } else { prefix.last().map(String::as_str) };
                        if let Some(bound) = bound {
                            self.bound.insert(bound.to_owned(), prefix.clone());
                        }
                        self.paths.insert(prefix.clone());
                        at += if renamed { 2 } else { 0 };
                        break;
                    }
                }
                _ => break,
            }
        }
        prefix.truncate(depth);
        at
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The index after the item that begins at `words[at]`: after its `;` or its last `}`.
fn after_item(words: &[&str], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(word) = words.get(at) {
        at += 1;
        match *word {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && *word == "}" && words.get(at) != Some(&";") {
                    return at;
                }
            }
            ";" if depth == 0 => return at,
            _ => {}
        }
    }
    at
}
