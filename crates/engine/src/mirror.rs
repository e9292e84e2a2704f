//! The document as entities: a mirror that holds no truth of its own.
//!
//! Each track, clip, effect and connection is an entity with the document's id as a component. The
//! mirror is updated track by track, can be thrown away at any time and rebuilt, and is then equal,
//! except for the numbers of entities. Entities that stay keep their number, and components that did
//! not change are not written, so that change detection means something.
use bevy_ecs::prelude::*;
use cutroom_project::{Clip, ClipSource, Composition, Project, Track, TrackKind};
use cutroom_types::{ClipId, CompositionId, EffectId, FrameRate, MediaId, Span, TrackId};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// A composition.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct CompositionNode {
    /// Its id.
    pub id: CompositionId,
    /// Its frame rate.
    pub frame_rate: FrameRate,
}

/// A track.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct TrackNode {
    /// Its id.
    pub id: TrackId,
    /// Its composition.
    pub composition: CompositionId,
    /// Its place from the bottom, from 0.
    pub place: usize,
    /// Pictures or sound.
    pub kind: TrackKind,
    /// Whether it is shown or heard.
    pub enabled: bool,
}

/// A clip.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct ClipNode {
    /// Its id.
    pub id: ClipId,
    /// Its track.
    pub track: TrackId,
    /// Where it is on the track.
    pub span: Span,
    /// The medium that it shows, if any.
    pub media: Option<MediaId>,
    /// Whether it is shown or heard.
    pub enabled: bool,
}

/// An effect of a clip.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct EffectNode {
    /// Its id.
    pub id: EffectId,
    /// Its clip.
    pub clip: ClipId,
    /// Its place in the clip's list, from 0.
    pub place: usize,
    /// Which effect of the catalogue it is.
    pub effect: String,
    /// Whether it is applied.
    pub enabled: bool,
}

/// A connection of a clip with something else: what it depends on besides its own source.
#[derive(Component, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GraphEdge {
    /// The clip that depends on it.
    pub clip: ClipId,
    /// What it depends on.
    pub on: EdgeEnd,
}

/// What a clip depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeEnd {
    /// The clip with which it moves.
    Parent(ClipId),
    /// The track that is its matte.
    Matte(TrackId),
    /// The composition that it shows.
    Nested(CompositionId),
}

/// What an entity of the mirror stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum NodeId {
    Composition(CompositionId),
    Track(TrackId),
    Clip(ClipId),
    Effect(ClipId, EffectId),
    Edge(GraphEdge),
}

enum Node {
    Composition(CompositionNode),
    Track(TrackNode),
    Clip(ClipNode),
    Effect(EffectNode),
    Edge(GraphEdge),
}

/// Which entities stand for what, and for which state of the document.
#[derive(Resource, Default)]
pub struct Mirror {
    entities: HashMap<NodeId, Entity>,
    compositions: Vec<NodeId>,
    /// What each track consists of in the world.
    by_track: HashMap<TrackId, Vec<NodeId>>,
    project: Option<Arc<Project>>,
}

/// What an update of the mirror did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorUpdate {
    /// Tracks that were looked at in detail.
    pub tracks: usize,
    /// Entities that were added.
    pub added: usize,
    /// Entities that were removed.
    pub removed: usize,
    /// Components that were replaced.
    pub changed: usize,
}

impl Mirror {
    /// The state that the mirror shows.
    pub fn project(&self) -> Option<&Arc<Project>> {
        self.project.as_ref()
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there are no entities.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Brings the entities of `world` into agreement with a state of the document. Tracks that are
    /// the same as in the state before, clip by clip, are left alone; with `touched`, the others are
    /// not even compared.
    pub fn update(world: &mut World, project: &Arc<Project>, touched: Option<&BTreeSet<TrackId>>) -> MirrorUpdate {
        world.resource_scope(|world, mut mirror: Mut<Self>| mirror.updated(world, project, touched))
    }

    /// Removes all entities.
    pub fn clear(world: &mut World) {
        world.resource_scope(|world, mut mirror: Mut<Self>| {
            for (_, entity) in mirror.entities.drain() {
                world.despawn(entity);
            }
            *mirror = Self::default();
        });
    }

    fn updated(&mut self, world: &mut World, project: &Arc<Project>, touched: Option<&BTreeSet<TrackId>>) -> MirrorUpdate {
        let mut done = MirrorUpdate::default();
        let before = self.project.replace(Arc::clone(project));
        let old: HashMap<&TrackId, (&CompositionId, usize, &Track)> = before.iter().flat_map(|p| all_tracks(p)).collect();
        let mut nodes: Vec<(NodeId, Node)> = project.compositions.iter().map(composition_node).collect();
        let compositions = nodes.iter().map(|(id, _)| id.clone()).collect();
        let mut gone: HashSet<NodeId> = std::mem::replace(&mut self.compositions, compositions).into_iter().collect();
        let mut tracks: HashSet<&TrackId> = HashSet::new();
        for (id, (composition, place, track)) in all_tracks(project) {
            tracks.insert(id);
            let is_same = old.get(id).is_some_and(|(of, at, old)| {
                *of == composition && *at == place && (touched.is_some_and(|t| !t.contains(id)) || same_track(old, track))
            });
            if is_same {
                continue;
            }
            done.tracks += 1;
            let of_track = track_nodes(composition, place, track);
            let ids: Vec<NodeId> = of_track.iter().map(|(id, _)| id.clone()).collect();
            gone.extend(self.by_track.insert(id.clone(), ids).unwrap_or_default());
            nodes.extend(of_track);
        }
        self.by_track.retain(|id, ids| {
            let stays = tracks.contains(id);
            if !stays {
                gone.extend(std::mem::take(ids));
            }
            stays
        });
        // A clip that moved to another track is in both lists and stays.
        for (id, _) in &nodes {
            gone.remove(id);
        }
        for id in gone {
            if let Some(entity) = self.entities.remove(&id) {
                world.despawn(entity);
                done.removed += 1;
            }
        }
        for (id, node) in nodes {
            let entity = *self.entities.entry(id).or_insert_with(|| {
                done.added += 1;
                world.spawn_empty().id()
            });
            done.changed += usize::from(node.write(world, entity));
        }
        done.changed -= done.added;
        done
    }

    /// Every entity as text, sorted, without its number: equal mirrors have equal dumps.
    pub fn dump(world: &mut World) -> Vec<String> {
        let mut lines = lines_of::<CompositionNode>(world);
        lines.extend(lines_of::<TrackNode>(world));
        lines.extend(lines_of::<ClipNode>(world));
        lines.extend(lines_of::<EffectNode>(world));
        lines.extend(lines_of::<GraphEdge>(world));
        lines.sort_unstable();
        lines
    }
}

impl Node {
    /// Writes the component unless it is there and equal; returns whether it was written.
    fn write(self, world: &mut World, entity: Entity) -> bool {
        match self {
            Self::Composition(node) => write(world, entity, node),
            Self::Track(node) => write(world, entity, node),
            Self::Clip(node) => write(world, entity, node),
            Self::Effect(node) => write(world, entity, node),
            Self::Edge(node) => write(world, entity, node),
        }
    }
}

fn write<C: Component + PartialEq>(world: &mut World, entity: Entity, node: C) -> bool {
    if world.get::<C>(entity) == Some(&node) {
        return false;
    }
    world.entity_mut(entity).insert(node);
    true
}

fn lines_of<C: Component + std::fmt::Debug>(world: &mut World) -> Vec<String> {
    world.query::<&C>().iter(world).map(|node| format!("{node:?}")).collect()
}

type TrackAt<'a> = (&'a CompositionId, usize, &'a Track);

fn all_tracks(project: &Project) -> impl Iterator<Item = (&TrackId, TrackAt<'_>)> {
    project.compositions.iter().flat_map(|c| c.tracks.iter().enumerate().map(move |(i, t)| (&t.id, (&c.id, i, t))))
}

/// Whether the mirror of two tracks is the same. Unchanged lists and clips are shared between states.
fn same_track(a: &Track, b: &Track) -> bool {
    let same_clip = |(a, b): (&Arc<Clip>, &Arc<Clip>)| Arc::ptr_eq(a, b) || a == b;
    let same_clips = || a.clips.len() == b.clips.len() && a.clips.iter().zip(&b.clips).all(same_clip);
    (a.kind, a.enabled) == (b.kind, b.enabled) && (a.clips.same(&b.clips) || same_clips())
}

fn composition_node(c: &Composition) -> (NodeId, Node) {
    let node = CompositionNode { id: c.id.clone(), frame_rate: c.frame_rate };
    (NodeId::Composition(c.id.clone()), Node::Composition(node))
}

fn track_nodes(composition: &CompositionId, place: usize, track: &Track) -> Vec<(NodeId, Node)> {
    let (id, kind, enabled) = (track.id.clone(), track.kind, track.enabled);
    let node = TrackNode { id: id.clone(), composition: composition.clone(), place, kind, enabled };
    let mut nodes = vec![(NodeId::Track(id.clone()), Node::Track(node))];
    for clip in &track.clips {
        let media = match &clip.source {
            ClipSource::Media(source) => Some(source.media.clone()),
            _ => None,
        };
        let (enabled, clip_id) = (clip.enabled, clip.id.clone());
        let node = ClipNode { id: clip_id.clone(), track: id.clone(), span: clip.span(), media, enabled };
        nodes.push((NodeId::Clip(clip_id.clone()), Node::Clip(node)));
        for (place, e) in clip.video.effects.iter().enumerate() {
            let (id, clip) = (e.id.clone(), clip_id.clone());
            let node = EffectNode { id: id.clone(), clip: clip.clone(), place, effect: e.effect.clone(), enabled: e.enabled };
            nodes.push((NodeId::Effect(clip, id), Node::Effect(node)));
        }
        for on in edges(clip) {
            let edge = GraphEdge { clip: clip_id.clone(), on };
            nodes.push((NodeId::Edge(edge.clone()), Node::Edge(edge)));
        }
    }
    nodes
}

fn edges(clip: &Clip) -> impl Iterator<Item = EdgeEnd> {
    let nested = match &clip.source {
        ClipSource::Composition(source) => Some(EdgeEnd::Nested(source.composition.clone())),
        _ => None,
    };
    let parent = clip.video.parent.clone().map(EdgeEnd::Parent);
    let matte = clip.video.matte.as_ref().map(|m| EdgeEnd::Matte(m.track.clone()));
    [parent, matte, nested].into_iter().flatten()
}
