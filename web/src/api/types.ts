// Made from the program's JSON Schema by `cargo xtask types`. Do not edit.

/**
 * Id of a media (a source file).
 */
export type MediaId = string;
/**
 * What is used of a file.
 */
export type MediaKind = "video" | "audio" | "image";
/**
 * Frames per second: "25", "30000/1001" or 29.97
 */
export type FrameRate = number | string;
/**
 * What numbered pictures show where a number is missing.
 */
export type Gaps = "error" | "hold" | "black";
/**
 * Which frames of a file are deinterlaced (by bwdif, one output frame per input frame).
 */
export type Deinterlace = "auto" | "off" | "on";
/**
 * Which interlaced field of a frame is the earlier one.
 */
export type FieldOrder = "auto" | "top" | "bottom";
/**
 * Flicks (1/705600000 s), or text: "12.5s", "500ms", "1:02.5", "300f@30000/1001", and inside a composition, at its frame rate, "50f" or "00:00:02:00"
 */
export type TimeDelta = number | string;
/**
 * Id of a composition.
 */
export type CompositionId = string;
/**
 * Encoding in which layers are blended.
 */
export type BlendSpace = "linear" | "gamma";
/**
 * Colour primaries and white point (H.273 table 2).
 */
export type Primaries = "bt709" | "bt470m" | "bt470bg" | "smpte170m" | "smpte240m" | "bt2020" | "smpte431" | "smpte432";
/**
 * Transfer characteristics (H.273 table 3).
 */
export type Transfer =
  | "bt709"
  | "gamma22"
  | "gamma28"
  | "smpte170m"
  | "smpte240m"
  | "linear"
  | "iec61966-2-4"
  | "iec61966-2-1"
  | "bt2020-10"
  | "bt2020-12"
  | "smpte2084"
  | "arib-std-b67";
/**
 * Id of an audio bus.
 */
export type BusId = string;
/**
 * A constant, or keyframes
 */
export type AnimatedDouble =
  | number
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe, ...Keyframe[]];
    };
/**
 * Interpolation from one keyframe to the next. The families are those of Penner, "Programming
 * Macromedia Flash MX", chapter 7.
 */
export type Ease =
  | "hold"
  | "linear"
  | "bezier"
  | "in_quad"
  | "out_quad"
  | "in_out_quad"
  | "in_cubic"
  | "out_cubic"
  | "in_out_cubic"
  | "in_quart"
  | "out_quart"
  | "in_out_quart"
  | "in_quint"
  | "out_quint"
  | "in_out_quint"
  | "in_sine"
  | "out_sine"
  | "in_out_sine"
  | "in_expo"
  | "out_expo"
  | "in_out_expo"
  | "in_circ"
  | "out_circ"
  | "in_out_circ"
  | "in_back"
  | "out_back"
  | "in_out_back"
  | "in_elastic"
  | "out_elastic"
  | "in_out_elastic"
  | "in_bounce"
  | "out_bounce"
  | "in_out_bounce";
/**
 * Direction of rotation between two angles.
 */
export type AngleInterpolation = "continuous" | "shortest";
/**
 * Id of an effect on a clip.
 */
export type EffectId = string;
/**
 * A constant, or keyframes
 */
export type Animated_ParamValue =
  | ParamValue
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe2, ...Keyframe2[]];
    };
/**
 * One parameter value in a project or a plan. Colours are RGBA with straight alpha,
 * display-encoded (as a colour picker shows them), 0..=1. In JSON the text of a colour
 * ([`hex_color`]) is read as one, too.
 */
export type ParamValue = boolean | number | [number, number] | [number, number, number, number] | string;
/**
 * Flicks (1/705600000 s), or text: "12.5s", "500ms", "1:02.5", "300f@30000/1001", and inside a composition, at its frame rate, "50f" or "00:00:02:00"
 */
export type Time = number | string;
export type Color = [number, number, number, number] | string;
/**
 * How the content (upright, with square pixels) is fitted to the canvas before it is scaled.
 */
export type Fit = "contain" | "cover" | "stretch" | "native";
/**
 * Id of a track.
 */
export type TrackId = string;
/**
 * What the clips of a track have.
 */
export type TrackKind = "video" | "audio";
/**
 * Id of a clip.
 */
export type ClipId = string;
/**
 * Where a clip's picture and sound come from, as it is written in the file.
 */
export type ClipSource =
  | MediaSource
  | CompositionSource
  | SolidSource
  | TextSource
  | ShapeSource
  | SubtitlesSource
  | AdjustmentSource
  | NullSource;
/**
 * Index among the file's streams of this kind, "first" (if there is one) or "none"
 */
export type StreamChoice = number | ("first" | "none");
/**
 * Font families in order of preference: one name, or a list.
 */
export type Families = string | string[];
/**
 * A weight from 1 to 1000, or its name
 */
export type FontWeight =
  number | ("thin" | "extralight" | "light" | "regular" | "medium" | "semibold" | "bold" | "extrabold" | "black");
/**
 * Case of letters.
 */
export type LetterCase = "as_written" | "upper" | "lower";
/**
 * A colour (or keyframes of it), a gradient, or "none"
 */
export type Paint = "none" | Animated_Color | Gradient;
/**
 * A constant, or keyframes
 */
export type Animated_Color =
  | Color
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe3, ...Keyframe3[]];
    };
/**
 * Geometry of a gradient.
 */
export type GradientKind = "linear" | "radial" | "conic";
/**
 * A constant, or keyframes
 */
export type Animated_ArraySize_2OfDouble =
  | [number, number]
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe4, ...Keyframe4[]];
    };
/**
 * Position of an outline relative to the edge.
 */
export type StrokePosition = "center" | "outside" | "inside";
/**
 * Form of the corners of an outline.
 */
export type StrokeJoin = "round" | "miter" | "bevel";
/**
 * Form of the ends of an outline.
 */
export type StrokeCap = "butt" | "round" | "square";
/**
 * Alignment of lines.
 */
export type TextAlign = "center" | "left" | "right" | "start" | "end" | "justify";
/**
 * Alignment of lines in their box.
 */
export type VerticalAlign = "middle" | "top" | "bottom";
/**
 * What happens to text that is larger than its box.
 */
export type Overflow = "visible" | "shrink" | "clip" | "error";
/**
 * Base direction of paragraphs.
 */
export type TextDirection = "auto" | "left_to_right" | "right_to_left";
/**
 * A constant, or keyframes
 */
export type Animated_BezierPath =
  | BezierPath
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe5, ...Keyframe5[]];
    };
/**
 * A closed outline: each vertex is connected to the next, the last to the first. In files, a list
 * of vertices.
 */
export type BezierPath = Vertex[];
/**
 * When units change.
 */
export type AnimationPhase = "in" | "out";
/**
 * What moves as one.
 */
export type TextUnit = "character" | "word" | "line" | "text";
/**
 * Order in which units start.
 */
export type UnitOrder = "forward" | "backward" | "from_middle" | "to_middle" | "random";
/**
 * An outline and how it joins those before it.
 */
export type CombinedOutline = {
  mode?: MaskMode;
} & CombinedOutline1;
/**
 * How a mask with coverage `m` is combined with the coverage `c` of the masks before it. Before
 * the first mask `c` is 0, or 1 if the first mask subtracts or intersects.
 */
export type MaskMode = "add" | "subtract" | "intersect" | "difference";
export type CombinedOutline1 =
  | {
      type: "rectangle";
      center?: Animated_ArraySize_2OfDouble;
      size: Animated_ArraySize_2OfDouble;
      radius?: AnimatedDouble;
      rotation_degrees?: AnimatedDouble;
    }
  | {
      type: "ellipse";
      center?: Animated_ArraySize_2OfDouble;
      size: Animated_ArraySize_2OfDouble;
      rotation_degrees?: AnimatedDouble;
    }
  | {
      type: "polygon";
      center?: Animated_ArraySize_2OfDouble;
      /**
       * Number of corners, 3..=1000.
       */
      sides: number;
      radius: AnimatedDouble;
      rotation_degrees?: AnimatedDouble;
    }
  | {
      type: "star";
      center?: Animated_ArraySize_2OfDouble;
      /**
       * Number of points, 3..=500.
       */
      points: number;
      radius: AnimatedDouble;
      inner_radius: AnimatedDouble;
      rotation_degrees?: AnimatedDouble;
    }
  | {
      type: "line";
      from: Animated_ArraySize_2OfDouble;
      to: Animated_ArraySize_2OfDouble;
    }
  | {
      type: "arrow";
      from: Animated_ArraySize_2OfDouble;
      to: Animated_ArraySize_2OfDouble;
      width: AnimatedDouble;
      head: Animated_ArraySize_2OfDouble;
      /**
       * Whether it has a head at the start, too.
       */
      both?: boolean;
    }
  | {
      type: "path";
      path: Animated_BezierPath;
      /**
       * Whether the last vertex is not connected to the first.
       */
      open?: boolean;
    };
/**
 * Where copies stand; up to 10 000 of them.
 */
export type Arrangement =
  | {
      type: "line";
      /**
       * Number of copies.
       */
      count: number;
      offset: Animated_ArraySize_2OfDouble;
    }
  | {
      type: "grid";
      /**
       * Number of columns.
       */
      columns: number;
      /**
       * Number of rows.
       */
      rows: number;
      spacing: Animated_ArraySize_2OfDouble;
    }
  | {
      type: "circle";
      /**
       * Number of copies.
       */
      count: number;
      radius: AnimatedDouble;
      start_degrees?: AnimatedDouble;
      sweep_degrees?: AnimatedDouble;
      /**
       * Whether they are turned with their direction.
       */
      turned?: boolean;
    }
  | {
      type: "path";
      /**
       * Number of copies.
       */
      count: number;
      path: Animated_BezierPath;
      /**
       * Whether the last vertex is connected to the first.
       */
      closed?: boolean;
      /**
       * Whether they are turned with the path.
       */
      turned?: boolean;
    };
/**
 * Where cues stand.
 */
export type CuePlace =
  "bottom" | "bottom_left" | "bottom_right" | "left" | "center" | "right" | "top_left" | "top" | "top_right";
/**
 * Which pieces of a cue are highlighted.
 */
export type HighlightMode = "word" | "spoken";
/**
 * A constant, or keyframes
 */
export type Animated_TimeDelta =
  | TimeDelta
  | {
      /**
       * @minItems 1
       */
      keyframes: [Keyframe6, ...Keyframe6[]];
    };
/**
 * One of nine points of the canvas where a clip's picture may lie: its corners, the middles of its
 * sides, its centre.
 */
export type Align =
  "top-left" | "top" | "top-right" | "left" | "center" | "right" | "bottom-left" | "bottom" | "bottom-right";
/**
 * Distance from the sides of the canvas: canvas pixels, or a text such as "5%" in hundredths of its shorter side; one for both directions or an array of two
 */
export type Margins = number | string | [number | string, number | string];
/**
 * What a clip shows at an instant between two frames of its source.
 */
export type FrameInterpolation = "nearest" | "blend" | "flow" | "auto";
/**
 * Id of a mask on a clip.
 */
export type MaskId = string;
/**
 * Outline of a mask on the clip's upright picture before placement; (0, 0) is its top left corner,
 * (1, 1) its bottom right.
 */
export type MaskShape = BoxShape | PathShape;
/**
 * Whether masks are applied before or after effects.
 */
export type MaskOrder = "before_effects" | "after_effects";
/**
 * Channel of a matte that is used.
 */
export type MatteChannel = "alpha" | "luma";
/**
 * Gain of a fade at its progress x, 0..=1.
 */
export type FadeCurve = "linear" | "constant_power" | "s" | "logarithmic";
/**
 * Id of a transition on a track.
 */
export type TransitionId = string;
/**
 * Position of a transition relative to its cut.
 */
export type Alignment = "centre" | "start" | "end";
/**
 * One step of editing. In JSON an object of one field, the name of the step:
 * `{"split": {"clips": ["c1"], "at": "2s"}}`.
 */
export type Operation =
  | {
      add_media: {
        media: Media;
      };
    }
  | {
      remove_media: {
        id: MediaId;
        /**
         * Whether the clips that use it are deleted, too; otherwise there must be none.
         */
        with_clips?: boolean;
      };
    }
  | {
      add_composition: {
        composition: Composition;
      };
    }
  | {
      remove_composition: {
        id: CompositionId;
      };
    }
  | {
      add_track: {
        composition: CompositionId;
        track: Track;
        /**
         * The track below it. Absent: it becomes the top one.
         */
        above?: TrackId | null;
      };
    }
  | {
      remove_track: {
        id: TrackId;
      };
    }
  | {
      move_track: {
        id: TrackId;
        /**
         * The track below it afterwards. Absent: it becomes the lowest.
         */
        above?: TrackId | null;
      };
    }
  | {
      add_clip: {
        track: TrackId;
        clip: Clip;
      };
    }
  | {
      insert: {
        track: TrackId;
        clip: Clip;
        /**
         * Tracks that are moved. Absent: all of the composition that are not locked.
         */
        ripple?: TrackId[] | null;
      };
    }
  | {
      overwrite: {
        track: TrackId;
        clip: Clip;
      };
    }
  | {
      append: {
        track: TrackId;
        clip: Clip;
      };
    }
  | {
      replace: {
        clip: ClipId;
        source: ClipSource;
        source_in?: Time;
      };
    }
  | {
      fit_to_fill: {
        track: TrackId;
        clip: Clip;
        from: Time;
        to: Time;
        source_in: Time;
        source_out: Time;
      };
    }
  | {
      three_point: {
        track: TrackId;
        clip: Clip;
        /**
         * Start on the timeline.
         */
        from?: Time | null;
        /**
         * End on the timeline.
         */
        to?: Time | null;
        /**
         * Start in the source.
         */
        source_in?: Time | null;
        /**
         * End in the source.
         */
        source_out?: Time | null;
        /**
         * Whether it is inserted; otherwise it overwrites.
         */
        insert?: boolean;
      };
    }
  | {
      move: {
        /**
         * The clips.
         */
        clips: ClipId[];
        by?: TimeDelta;
        /**
         * The track that a single clip moves to.
         */
        track?: TrackId | null;
        /**
         * Whether it replaces what it meets; otherwise there must be room.
         */
        overwrite?: boolean;
        /**
         * Whether linked and grouped clips stay where they are.
         */
        alone?: boolean;
      };
    }
  | {
      trim: {
        clip: ClipId;
        edge: Edge;
        to: Time;
        mode?: TrimMode;
        /**
         * Whether linked and grouped clips are left as they are.
         */
        alone?: boolean;
      };
    }
  | {
      slip: {
        /**
         * The clips.
         */
        clips: ClipId[];
        by: TimeDelta;
      };
    }
  | {
      slide: {
        clip: ClipId;
        by: TimeDelta;
      };
    }
  | {
      rate_stretch: {
        clip: ClipId;
        edge: Edge;
        to: Time;
      };
    }
  | {
      speed: {
        /**
         * The clips.
         */
        clips: ClipId[];
        /**
         * Source seconds per timeline second; negative plays backwards.
         */
        speed: number;
        /**
         * Whether their length changes with it and what follows on their tracks moves; otherwise the
         * length stays.
         */
        ripple?: boolean;
      };
    }
  | {
      split: {
        /**
         * The clips. Empty: all clips of `tracks` at that time.
         */
        clips?: ClipId[];
        /**
         * The tracks, if no clips are named. Empty as well: all tracks of the main composition.
         */
        tracks?: TrackId[];
        at: Time;
        /**
         * Whether linked and grouped clips are left whole.
         */
        alone?: boolean;
      };
    }
  | {
      delete: {
        /**
         * The clips.
         */
        clips: ClipId[];
        /**
         * Whether the gaps are closed on their tracks.
         */
        ripple?: boolean;
        /**
         * Whether linked and grouped clips stay.
         */
        alone?: boolean;
      };
    }
  | {
      lift: {
        from: Time;
        to: Time;
        /**
         * The tracks. Empty: all of the main composition that are not locked.
         */
        tracks?: TrackId[];
      };
    }
  | {
      extract: {
        from: Time;
        to: Time;
        /**
         * The tracks. Empty: all of the main composition that are not locked.
         */
        tracks?: TrackId[];
      };
    }
  | {
      close_gap: {
        track: TrackId;
        at: Time;
      };
    }
  | {
      link: {
        a: ClipId;
        b: ClipId;
      };
    }
  | {
      unlink: {
        /**
         * The clips.
         */
        clips: ClipId[];
      };
    }
  | {
      group: {
        /**
         * The clips.
         */
        clips: ClipId[];
        /**
         * Its name, which must not be in use.
         */
        name: string;
      };
    }
  | {
      ungroup: {
        /**
         * Clips of the groups.
         */
        clips: ClipId[];
      };
    }
  | {
      set: {
        of: Target;
        /**
         * The field: names, and positions in lists or ids of list elements, separated by dots.
         */
        field: string;
        /**
         * The new value; `null` restores the default.
         */
        value: {
          [k: string]: unknown;
        };
      };
    }
  | {
      add_transition: {
        /**
         * Id; absent: made from its clips.
         */
        id?: TransitionId | null;
        /**
         * Catalogue id.
         */
        kind: string;
        /**
         * Outgoing clip.
         */
        from?: ClipId | null;
        /**
         * Incoming clip.
         */
        to?: ClipId | null;
        duration: TimeDelta;
        /**
         * Values by parameter id.
         */
        params?: {
          [k: string]: Animated_ParamValue;
        };
      };
    }
  | {
      remove_transition: {
        /**
         * Their ids.
         */
        ids: TransitionId[];
      };
    }
  | {
      add_effect: {
        /**
         * The clips.
         */
        clips: ClipId[];
        /**
         * Catalogue id.
         */
        effect: string;
        /**
         * Values by parameter id.
         */
        params?: {
          [k: string]: Animated_ParamValue;
        };
        /**
         * The effect before it, if there is one clip. Absent: it becomes the last.
         */
        after?: EffectId | null;
      };
    }
  | {
      remove_effect: {
        id: EffectId;
      };
    }
  | {
      add_sound_effect: {
        /**
         * What gets it.
         */
        of: SoundTarget[];
        /**
         * Catalogue id of the effect.
         */
        effect: string;
        /**
         * Values by parameter id.
         */
        params?: {
          [k: string]: Animated_ParamValue;
        };
        /**
         * The effect before it. Absent: it becomes the last.
         */
        after?: EffectId | null;
      };
    }
  | {
      add_bus: {
        /**
         * The composition. Absent: the main one.
         */
        composition?: CompositionId | null;
        bus: AudioBus;
      };
    }
  | {
      remove_bus: {
        id: BusId;
      };
    }
  | {
      move_effect: {
        id: EffectId;
        /**
         * The effect before it afterwards. Absent: it becomes the first.
         */
        after?: EffectId | null;
      };
    }
  | {
      add_mask: {
        clip: ClipId;
        mask: Mask;
      };
    }
  | {
      remove_mask: {
        clip: ClipId;
        /**
         * Id of the mask.
         */
        mask: string;
      };
    }
  | {
      set_keyframe: {
        of: Target;
        /**
         * The field, as for `set`.
         */
        field: string;
        time: TimeDelta;
        /**
         * The value.
         */
        value: {
          [k: string]: unknown;
        };
        /**
         * Easing of the segment after it. Absent: that of the keyframe there, or linear.
         */
        ease?: Ease | null;
      };
    }
  | {
      remove_keyframe: {
        of: Target;
        /**
         * The field, as for `set`.
         */
        field: string;
        time: TimeDelta;
      };
    }
  | {
      move_keyframes: {
        of: Target;
        /**
         * The field, as for `set`.
         */
        field: string;
        /**
         * Their times.
         */
        times: TimeDelta[];
        by: TimeDelta;
      };
    }
  | {
      set_marker: {
        /**
         * The composition. Absent: the main one.
         */
        composition?: CompositionId | null;
        marker: Marker;
      };
    }
  | {
      remove_marker: {
        /**
         * The composition. Absent: the main one.
         */
        composition?: CompositionId | null;
        /**
         * Id of the marker.
         */
        id: string;
      };
    }
  | {
      paste: {
        /**
         * The clips as they were copied, with the tracks that they were on.
         */
        clips: Copied[];
        at: Time;
        /**
         * A track for all of them. Absent: their own tracks.
         */
        track?: TrackId | null;
        /**
         * Whether they replace what they meet; otherwise there must be room.
         */
        overwrite?: boolean;
      };
    }
  | {
      paste_attributes: {
        from: ClipId;
        /**
         * The clips that get it.
         */
        to: ClipId[];
        /**
         * Which fields: `video.transform`, `video.effects`, `audio.gain_db` …
         */
        fields: string[];
      };
    }
  | {
      nest: {
        /**
         * The clips, of one composition.
         */
        clips: ClipId[];
        composition: CompositionId;
      };
    }
  | {
      unnest: {
        clip: ClipId;
      };
    }
  | {
      all: {
        /**
         * The steps, in order.
         */
        steps: Operation[];
      };
    }
  | {
      edits: {
        /**
         * The changes, in order.
         */
        edits: Edit[];
      };
    };
/**
 * An edge of a clip.
 */
export type Edge = "start" | "end";
/**
 * What a trim does to what is beside the edge.
 */
export type TrimMode = "plain" | "ripple" | "roll";
/**
 * What a field belongs to. In JSON an object of one field: `{"clip": "c1"}`; or `"project"`.
 */
export type Target =
  | "project"
  | {
      media: MediaId;
    }
  | {
      composition: CompositionId;
    }
  | {
      track: TrackId;
    }
  | {
      clip: ClipId;
    }
  | {
      transition: TransitionId;
    };
/**
 * What has sound effects. In JSON an object of one field: `{"track": "a1"}`.
 */
export type SoundTarget =
  | {
      clip: ClipId;
    }
  | {
      track: TrackId;
    }
  | {
      bus: BusId;
    }
  | {
      output: CompositionId;
    };
/**
 * One change. In JSON an object of one field, the name of the change:
 * `{"remove_clip": {"id": "c1"}}`. The position in a list is given by the element before it,
 * `after`; absent, the element is the first of its list.
 */
export type Edit =
  | {
      insert_media: {
        media: Media;
        /**
         * The media before it; absent: it becomes the first.
         */
        after?: MediaId | null;
      };
    }
  | {
      replace_media: {
        media: Media;
      };
    }
  | {
      remove_media: {
        id: MediaId;
      };
    }
  | {
      move_media: {
        id: MediaId;
        /**
         * The media before it at the new position; absent: it becomes the first.
         */
        after?: MediaId | null;
      };
    }
  | {
      insert_composition: {
        composition: Composition;
        /**
         * The composition before it; absent: it becomes the first.
         */
        after?: CompositionId | null;
      };
    }
  | {
      remove_composition: {
        id: CompositionId;
      };
    }
  | {
      move_composition: {
        id: CompositionId;
        /**
         * The composition before it at the new position; absent: it becomes the first.
         */
        after?: CompositionId | null;
      };
    }
  | {
      insert_track: {
        composition: CompositionId;
        track: Track;
        /**
         * The track below it; absent: it becomes the lowest.
         */
        after?: TrackId | null;
      };
    }
  | {
      remove_track: {
        id: TrackId;
      };
    }
  | {
      move_track: {
        id: TrackId;
        composition: CompositionId;
        /**
         * The track below it at the new position; absent: it becomes the lowest.
         */
        after?: TrackId | null;
      };
    }
  | {
      insert_clip: {
        track: TrackId;
        clip: Clip;
        /**
         * The clip before it in the track's list, whose order is independent of time; absent: it
         * becomes the first.
         */
        after?: ClipId | null;
      };
    }
  | {
      replace_clip: {
        clip: Clip;
      };
    }
  | {
      remove_clip: {
        id: ClipId;
      };
    }
  | {
      move_clip: {
        id: ClipId;
        track: TrackId;
        /**
         * The clip before it at the new position; absent: it becomes the first.
         */
        after?: ClipId | null;
      };
    }
  | {
      insert_transition: {
        track: TrackId;
        transition: Transition;
        /**
         * The transition before it in the track's list, whose order is independent of time;
         * absent: it becomes the first.
         */
        after?: TransitionId | null;
      };
    }
  | {
      replace_transition: {
        transition: Transition;
      };
    }
  | {
      remove_transition: {
        id: TransitionId;
      };
    }
  | {
      move_transition: {
        id: TransitionId;
        track: TrackId;
        /**
         * The transition before it at the new position; absent: it becomes the first.
         */
        after?: TransitionId | null;
      };
    }
  | {
      set_project_fields: {
        fields: ProjectFields;
      };
    }
  | {
      set_composition_fields: {
        id: CompositionId;
        fields: CompositionFields;
      };
    }
  | {
      set_track_fields: {
        id: TrackId;
        fields: TrackFields;
      };
    };
/**
 * Commands beside the operations of the document.
 */
export type SessionCommand =
  | {
      undo: {
        /**
         * How many; absent: one.
         */
        steps?: number;
      };
    }
  | {
      redo: {
        /**
         * How many; absent: one.
         */
        steps?: number;
      };
    }
  | {
      save: {
        /**
         * Another file in the same folder; absent: the one that was opened, or the output.
         */
        path?: string | null;
        /**
         * Whether a file that another program changed meanwhile is replaced; it is kept as a backup.
         */
        overwrite?: boolean;
      };
    }
  | {
      name_version: {
        /**
         * The name. A name that is in use moves here.
         */
        name: string;
      };
    }
  | {
      restore: {
        /**
         * A named version.
         */
        version?: string | null;
        /**
         * Number of a step; 0 is the state in which the history began.
         */
        step?: number | null;
      };
    }
  | {
      history: {
        /**
         * How many; absent: 20.
         */
        limit?: number;
      };
    }
  | {
      define: {
        /**
         * Its name.
         */
        name: string;
        /**
         * Names of its parameters.
         */
        params?: string[];
        /**
         * Operations, and calls of other macros.
         */
        steps: unknown[];
      };
    }
  | {
      call: {
        /**
         * Its name.
         */
        name: string;
        /**
         * Values of its parameters.
         */
        with?: {
          [k: string]: unknown;
        };
      };
    }
  | {
      relink: {
        /**
         * Folders that are searched; empty: the project's own.
         */
        search?: string[];
        /**
         * Whether files of the same name with other content are linked, too.
         */
        accept_different?: boolean;
      };
    }
  | {
      import_media: {
        /**
         * Files, numbered pictures and folders.
         */
        files: string[];
      };
    }
  | {
      add_title: {
        /**
         * Id of the title.
         */
        title: string;
        /**
         * Values of parameters by id, as texts; absent ones have their defaults.
         */
        values?: {
          [k: string]: string;
        };
        /**
         * Where it starts, see [`crate::parse_frame`].
         */
        at: string;
        /**
         * Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
         */
        duration?: string | null;
        /**
         * Id of the video track. Absent: the topmost one if it is free there and not the only one, else a
         * new one above all others.
         */
        track?: string | null;
        /**
         * Id of the composition; absent: the main one.
         */
        composition?: string | null;
      };
    }
  | {
      hash: {
        /**
         * The frame, see [`crate::parse_frame`]; absent: only the document.
         */
        at?: string | null;
      };
    };
/**
 * Commands for what a running session does beside editing: playback, and jobs such as exports. They
 * change no document and are no steps of its history.
 */
export type LiveCommand =
  | {
      show: {
        /**
         * Its id; absent: the main one.
         */
        composition?: string | null;
      };
    }
  | {
      play: {};
    }
  | {
      pause: {};
    }
  | {
      seek: {
        /**
         * Where to, see [`crate::parse_frame`]: seconds, timecode or frame number.
         */
        to: string;
      };
    }
  | {
      step: {
        /**
         * How many; negative ones go back.
         */
        frames?: number;
      };
    }
  | {
      shuttle: {
        /**
         * From -8 to 8; 0 pauses, negative ones play backwards.
         */
        speed: number;
      };
    }
  | {
      loop: {
        /**
         * First frame, as for `seek`; absent: that of the composition.
         */
        from?: string | null;
        /**
         * Where it ends, not included; absent: at the end of the composition.
         */
        to?: string | null;
        /**
         * How often; 0 for without end. Absent: without end if there is a range, else once.
         */
        times?: number | null;
      };
    }
  | {
      scrub: {
        /**
         * Where to, as for `seek`.
         */
        to: string;
      };
    }
  | {
      preview: {
        /**
         * Pixels drawn for each pixel of the film, 1/64..=4.
         */
        scale?: number | null;
        /**
         * Which proxies are shown instead of their files.
         */
        proxies?: ProxyChoice | null;
        /**
         * Whether playback shows every frame, and the sound waits for late ones.
         */
        every_frame?: boolean | null;
      };
    }
  | {
      transport: {};
    }
  | {
      export: ExportRequest;
    }
  | {
      make_proxies: ProxyRequest;
    }
  | {
      import_in_background: {
        /**
         * Files, numbered pictures and folders.
         */
        files: string[];
      };
    }
  | {
      jobs: {};
    }
  | {
      cancel: {
        /**
         * Its number.
         */
        job: number;
      };
    }
  | {
      wait: {
        /**
         * The job; absent: all.
         */
        job?: number | null;
        /**
         * Whether to wait for the end of playback instead.
         */
        playback?: boolean;
      };
    };
/**
 * Which proxies are drawn instead of their sources, where there are any.
 */
export type ProxyChoice = "off" | "auto" | "1/2" | "1/4";
/**
 * The back end that draws.
 */
export type BackendChoice = "auto" | "cpu" | "gpu";
/**
 * What decodes video streams. Frames are the same whoever decodes them.
 */
export type DecodeChoice = "auto" | "software" | "cuda" | "vaapi" | "videotoolbox" | "d3d11" | "qsv";
/**
 * Whether pictures are copied instead of encoded again.
 */
export type SmartChoice = "off" | "auto" | "require";
/**
 * Size of a proxy in relation to its source.
 */
export type ProxyScaleChoice = "1/2" | "1/4";
/**
 * What a command did, or what happened in a running session.
 */
export type SessionEvent =
  | {
      event: "applied";
      /**
       * Its name.
       */
      step: string;
      changed: Changed;
    }
  | {
      event: "undone";
      /**
       * Their names, the last one first.
       */
      steps: string[];
      changed: Changed;
    }
  | {
      event: "redone";
      /**
       * Their names.
       */
      steps: string[];
      changed: Changed;
    }
  | {
      event: "restored";
      /**
       * Number of its last step.
       */
      step: number;
      changed: Changed;
    }
  | {
      event: "version_named";
      /**
       * Its name.
       */
      name: string;
      /**
       * Number of its last step.
       */
      step: number;
    }
  | {
      event: "history";
      /**
       * The steps.
       */
      entries: HistoryEntry[];
    }
  | {
      event: "saved";
      /**
       * The file.
       */
      path: string;
    }
  | {
      event: "defined";
      /**
       * Its name.
       */
      name: string;
    }
  | {
      event: "hashed";
      /**
       * Of the document as it is saved.
       */
      document: string;
      /**
       * Number of the frame.
       */
      frame?: number | null;
      /**
       * Of its planes, drawn on the CPU.
       */
      pixels?: string | null;
    }
  | {
      event: "transport";
      transport: TransportReport;
    }
  | {
      event: "played";
      figures: PlaybackFigures;
    }
  | {
      event: "job";
      job: JobReport;
    }
  | {
      event: "jobs";
      /**
       * The jobs.
       */
      jobs: JobReport[];
    }
  | {
      event: "job_done";
      /**
       * Its number.
       */
      job: number;
      result: JobResult;
    }
  | {
      event: "job_failed";
      /**
       * Its number.
       */
      job: number;
      /**
       * Why.
       */
      errors: ApiError[];
    }
  | {
      event: "waited";
    }
  | {
      event: "media_changed";
      /**
       * Id of the medium.
       */
      media: string;
      /**
       * Its file.
       */
      path: string;
      change: MediaChange;
    }
  | {
      event: "skipped";
      /**
       * Its name.
       */
      command: string;
    }
  | {
      event: "failed";
      /**
       * Why.
       */
      errors: ApiError[];
    };
/**
 * What the transport does.
 */
export type TransportActivity = "opening" | "paused" | "prerolling" | "playing" | "scrubbing";
/**
 * What a job does.
 */
export type JobKind = "export" | "make_proxies" | "import";
/**
 * What came out of a job.
 */
export type JobResult =
  | {
      export: ExportReport;
    }
  | {
      make_proxies: ProxyReport;
    }
  | {
      import: ImportMediaReport;
    };
/**
 * What happened to the file of a medium.
 */
export type MediaChange =
  | "changed"
  | "replaced"
  | {
      offline: {
        /**
         * Why, in words.
         */
        reason: string;
      };
    }
  | {
      back: {
        /**
         * Whether it is as it was before.
         */
        unchanged: boolean;
      };
    };
/**
 * What one who looks sends.
 */
export type ClientMessage =
  | {
      type: "hello";
      /**
       * Codecs that can be decoded: `jpeg`, `h264`.
       */
      decoders: string[];
      /**
       * Width of the view in pixels of its screen.
       */
      width: number;
      /**
       * Height of the view.
       */
      height: number;
      /**
       * Pixels of the screen for each pixel of the page.
       */
      dpr?: number;
    }
  | {
      type: "command";
      /**
       * Number by which the answer names it.
       */
      id: number;
      /**
       * The command.
       */
      command: {
        [k: string]: unknown;
      };
    }
  | {
      type: "play";
      /**
       * Number of what follows.
       */
      generation: number;
      /**
       * From which frame; absent: from the playhead.
       */
      from?: number | null;
      /**
       * Speed from -8 to 8.
       */
      speed?: number;
    }
  | {
      type: "pause";
      /**
       * Number of what follows.
       */
      generation: number;
    }
  | {
      type: "seek";
      /**
       * Number of what follows.
       */
      generation: number;
      /**
       * To which frame.
       */
      frame: number;
      /**
       * Whether somebody drags: only the newest such frame matters.
       */
      dragging?: boolean;
    }
  | {
      type: "view";
      /**
       * Width in pixels of its screen.
       */
      width: number;
      /**
       * Height.
       */
      height: number;
    }
  | {
      type: "credit";
      /**
       * Its sequence number.
       */
      sequence: number;
      /**
       * Number of pictures that were shown so far.
       */
      shown?: number;
      /**
       * How late it was shown, in milliseconds.
       */
      late_ms?: number;
    }
  | {
      type: "refresh";
    }
  | {
      type: "watch";
      /**
       * Which scopes.
       */
      scopes?: LiveScope[];
      /**
       * Whether levels of the sound are wanted.
       */
      meters?: boolean;
    }
  | {
      type: "show";
      /**
       * Number of what follows.
       */
      generation: number;
      /**
       * Its id; absent: the main one.
       */
      composition?: string | null;
    }
  | {
      type: "quality";
      mode: LiveQuality;
    };
/**
 * A scope that a view wants.
 */
export type LiveScope = "waveform" | "parade" | "vectorscope" | "histogram";
/**
 * Which size of pictures somebody wants.
 */
export type LiveQuality = "auto" | "full" | "half" | "quarter";
/**
 * What one who looks is sent.
 */
export type ServerMessage =
  | {
      type: "welcome";
      /**
       * Revision of the document.
       */
      revision: number;
      /**
       * Number of those who look at it, this one included.
       */
      clients: number;
      /**
       * Id of the composition that is shown.
       */
      composition: string;
      /**
       * Number of its frames.
       */
      frames: number;
      /**
       * Its frames per second, as a fraction such as `30000/1001`.
       */
      frame_rate: string;
    }
  | {
      type: "answer";
      /**
       * Number of the command.
       */
      id: number;
      /**
       * Revision of the document after it.
       */
      revision: number;
      /**
       * What it did; absent if it was refused.
       */
      event?: SessionEvent | null;
      /**
       * Why it was refused.
       */
      errors?: ApiError[];
    }
  | {
      type: "edits";
      /**
       * The revision that it leads to.
       */
      revision: number;
      /**
       * What it is called in a menu.
       */
      label: string;
      /**
       * The edits, in order.
       */
      edits: Edit[];
    }
  | {
      type: "event";
      event: SessionEvent;
    }
  | {
      type: "state";
      /**
       * Id of the composition.
       */
      composition: string;
      activity: TransportActivity;
      /**
       * The playhead's frame.
       */
      frame: number;
      /**
       * Number of frames.
       */
      frames: number;
      /**
       * Frames per second, as a fraction such as `30000/1001`.
       */
      frame_rate: string;
      /**
       * Speed of playback.
       */
      speed: number;
    }
  | {
      type: "meters";
      /**
       * Number of the playback.
       */
      generation: number;
      /**
       * Its first sample, counted from where playback began.
       */
      sample: number;
      /**
       * Levels.
       */
      levels: SoundLevels[];
    }
  | {
      type: "quality_now";
      /**
       * Width in pixels.
       */
      width: number;
      /**
       * Height in pixels.
       */
      height: number;
      why: SizeReason;
    }
  | {
      type: "presence";
      /**
       * Number of those who look at the document.
       */
      clients: number;
    }
  | {
      type: "failed";
      /**
       * Why.
       */
      errors: ApiError[];
    };
/**
 * Why pictures have the size that they have while it plays.
 */
export type SizeReason = "view" | "late" | "chosen";
/**
 * Luma–chroma matrix (H.273 table 4).
 */
export type Matrix =
  | "gbr"
  | "bt709"
  | "fcc"
  | "bt470bg"
  | "smpte170m"
  | "smpte240m"
  | "ycgco"
  | "bt2020nc"
  | "bt2020c"
  | "chroma-derived-nc"
  | "ictcp";
/**
 * Quantisation range. Codes are FFmpeg's `AVColorRange`.
 */
export type Range = "tv" | "pc";
/**
 * Chroma sample position (H.273 §8.7, code = FFmpeg's `AVChromaLocation`).
 */
export type ChromaLocation = "left" | "center" | "topleft" | "top" | "bottomleft" | "bottom";
/**
 * What counts if another program changed the project file while the journal has unsaved edits.
 */
export type Keep = "journal" | "file";
/**
 * What a file was recognised by.
 */
export type RelinkedBy = "content" | "name_and_length" | "name" | "different_content";
/**
 * The display that a picture is made for.
 */
export type DisplayChoice = "film" | "sdr";
/**
 * How one shot gives way to the next.
 */
export type SceneTransition = "cut" | "dissolve" | "fade" | "fade_in" | "fade_out";
/**
 * What a preview of a title is.
 */
export type TitlePreviewReport =
  | {
      frame: FrameReport;
    }
  | {
      film: ExportReport;
    };
/**
 * How sure a position is.
 */
export type TrackState = "followed" | "drifting" | "found" | "lost";

export interface Wire {
  project: Project;
  operation: Operation;
  session_command: SessionCommand;
  live_command: LiveCommand;
  event: SessionEvent;
  edit: Edit;
  client_message: ClientMessage;
  server_message: ServerMessage;
  error: ApiError;
  add_subtitles_request: AddSubtitlesRequest;
  add_subtitles_report: AddSubtitlesReport;
  beats_request: BeatsRequest;
  beats_report: BeatsReport;
  cache_report: CacheReport;
  catalog_report: Catalog;
  check_subtitles_request: CheckSubtitlesRequest;
  check_subtitles_report: CheckSubtitlesReport;
  collect_request: CollectRequest;
  collect_report: CollectReport;
  convert_subtitles_request: ConvertSubtitlesRequest;
  convert_subtitles_report: ConvertSubtitlesReport;
  cut_silence_request: CutSilenceRequest;
  cut_silence_report: CutSilenceReport;
  doctor_report: DoctorReport;
  export_request: ExportRequest;
  export_report: ExportReport;
  export_subtitles_request: ExportSubtitlesRequest;
  export_subtitles_report: ExportSubtitlesReport;
  file_loudness_request: FileLoudnessRequest;
  file_loudness_report: LoudnessReport;
  filmstrip_request: FilmstripRequest;
  filmstrip_report: StillsReport;
  fit_subtitles_request: FitSubtitlesRequest;
  fit_subtitles_report: FitSubtitlesReport;
  graph_request: GraphRequest;
  graph_report: GraphReport;
  history_request: HistoryRequest;
  history_report: HistoryReport;
  import_media_request: ImportMediaRequest;
  import_media_report: ImportMediaReport;
  loudness_request: LoudnessRequest;
  loudness_report: LoudnessReport;
  make_proxies_request: ProxyRequest;
  make_proxies_report: ProxyReport;
  mark_beats_request: MarkBeatsRequest;
  mark_beats_report: MarkBeatsReport;
  new_project_request: NewProjectRequest;
  new_project_report: NewProjectReport;
  play_request: PlayRequest;
  play_report: PlayReport;
  presets_request: PresetsRequest;
  presets_report: NamedPreset[];
  probe_request: ProbeRequest;
  probe_report: MediaReport;
  prune_cache_request: PruneCacheRequest;
  prune_cache_report: PruneCacheReport;
  record_request: RecordRequest;
  record_report: RecordReport;
  recover_request: RecoverRequest;
  recover_report: RestoreReport;
  relink_request: RelinkRequest;
  relink_report: RelinkReport;
  render_frame_request: FrameRequest;
  render_frame_report: FrameReport;
  restore_request: RestoreRequest;
  restore_report: RestoreReport;
  scenes_request: ScenesRequest;
  scenes_report: ScenesReport;
  schema_report: unknown;
  show_subtitles_request: SubtitlesRequest;
  show_subtitles_report: SubtitlesReport;
  silences_request: SilencesRequest;
  silences_report: SilencesReport;
  sound_devices_report: SoundDevicesReport;
  sound_latency_request: LatencyRequest;
  sound_latency_report: LatencyReport;
  sound_segments_request: SegmentsRequest;
  sound_segments_report: SegmentsReport;
  spectrogram_request: SpectrogramRequest;
  spectrogram_report: SpectrogramReport;
  split_add_request: SplitAddRequest;
  split_add_report: SplitReport;
  split_change_request: SplitChangeRequest;
  split_change_report: SplitReport;
  split_layouts_report: SplitLayoutList;
  split_new_request: SplitNewRequest;
  split_new_report: SplitReport;
  split_preview_request: SplitPreviewRequest;
  split_preview_report: FrameReport;
  split_scenes_request: SplitScenesRequest;
  split_scenes_report: SplitScenesReport;
  stabilize_request: StabilizeRequest;
  stabilize_report: StabilizeReport;
  stats_request: StatsRequest;
  stats_report: StatsReport;
  sync_request: SyncRequest;
  sync_report: SyncReport;
  thumbnail_request: ThumbnailRequest;
  thumbnail_report: StillsReport;
  title_add_request: TitleAddRequest;
  title_add_report: TitleAddReport;
  title_preview_request: TitlePreviewRequest;
  title_preview_report: TitlePreviewReport;
  titles_report: TitleList;
  track_request: TrackRequest;
  track_report: TrackReport;
  validate_request: ValidateRequest;
  validate_report: ValidateReport;
  verify_cache_report: VerifyCacheReport;
  waveform_request: WaveformRequest;
  waveform_report: WaveformReport;
}
/**
 * The whole document.
 */
export interface Project {
  /**
   * Version of the file format; see [`crate::SCHEMA_VERSION`].
   */
  schema_version: number;
  /**
   * Stable id that distinguishes this project from others.
   */
  id?: string;
  /**
   * Title.
   */
  name?: string;
  settings?: Settings;
  /**
   * Texts that `{name}` stands for in titles.
   */
  variables?: {
    [k: string]: string;
  };
  /**
   * Font files, absolute or relative to the folder of the project file. Their families come
   * before shipped ones and those of the machine.
   */
  fonts?: string[];
  /**
   * Source files.
   */
  media?: Media[];
  /**
   * Timelines; they may contain each other, without cycles.
   */
  compositions: Composition[];
  main: CompositionId;
  [k: string]: unknown;
}
/**
 * Project-wide settings. Fields that other programs store here are kept.
 */
export interface Settings {
  /**
   * Free text.
   */
  notes?: string;
  [k: string]: unknown;
}
/**
 * A source file.
 */
export interface Media {
  id: MediaId;
  /**
   * Path of the file: absolute, or relative to the folder of the project file; `/` separates
   * folders.
   */
  path: string;
  kind?: MediaKind;
  /**
   * Makes the path a pattern of numbered pictures, such as `shots/IMG_%04d.png`, that are shown
   * one after the other at this rate. Absent: the path is one file.
   */
  frame_rate?: FrameRate | null;
  /**
   * Number of the first of numbered pictures. Absent: the lowest that there is.
   */
  start_number?: number | null;
  gaps?: Gaps;
  deinterlace?: Deinterlace;
  field_order?: FieldOrder;
  audio_offset?: TimeDelta;
  /**
   * Facts found when the file was last opened. Planning uses them to leave out sound or picture
   * that the file does not have.
   */
  facts?: MediaFacts | null;
  [k: string]: unknown;
}
/**
 * Facts of a file, from probing.
 */
export interface MediaFacts {
  /**
   * Length of the file.
   */
  duration?: TimeDelta | null;
  /**
   * Upright size in square pixels of the first video stream.
   */
  size?: Size | null;
  /**
   * Nominal rate of the first video stream.
   */
  frame_rate?: FrameRate | null;
  /**
   * End of the first video stream's last frame, since the start of the file.
   */
  picture_end?: TimeDelta | null;
  /**
   * Usual length of a frame, for each video stream.
   */
  frame_durations?: TimeDelta[];
  /**
   * Number of video streams.
   */
  video_streams?: number | null;
  /**
   * Number of audio streams.
   */
  audio_streams?: number | null;
  /**
   * Size in bytes of the file, or of all numbered pictures together.
   */
  bytes?: number | null;
  /**
   * Fingerprint of the content, 64 hexadecimal digits, to notice a changed file and to find a moved
   * one.
   */
  fingerprint?: string | null;
  [k: string]: unknown;
}
/**
 * Width and height in pixels.
 */
export interface Size {
  /**
   * Pixels per row.
   */
  width: number;
  /**
   * Rows.
   */
  height: number;
}
/**
 * A timeline.
 */
export interface Composition {
  id: CompositionId;
  /**
   * Title.
   */
  name?: string;
  size: Size;
  frame_rate: FrameRate;
  /**
   * Samples per second, 8000..=192000.
   */
  sample_rate_hz?: number;
  /**
   * Number of audio channels, 1..=8.
   */
  channels?: number;
  /**
   * Length; absent: up to the end of the last clip.
   */
  duration?: TimeDelta | null;
  /**
   * Colour below all layers: straight RGBA, display-encoded, 0..=1; also read as `"#rrggbb"` or
   * `"#rrggbbaa"`. Not drawn when the composition is nested.
   */
  background?: [number, number, number, number] | string;
  blend_space?: BlendSpace;
  color?: CompositionColor;
  motion_blur?: MotionBlur;
  audio?: CompositionAudio;
  /**
   * Notes at times, in order of time.
   */
  markers?: Marker[];
  /**
   * What `cutroom split` made the composition from; `cutroom split change` goes on from it. It is
   * not drawn.
   */
  split?: SplitStyle | null;
  /**
   * Tracks from bottom to top.
   */
  tracks?: Track[];
  [k: string]: unknown;
}
/**
 * Primaries and transfer characteristics of a composition.
 */
export interface CompositionColor {
  primaries: Primaries;
  transfer: Transfer;
  /**
   * The display on which a film in PQ or HLG is graded, for the files that it is exported to;
   * SMPTE ST 2086.
   */
  mastering_display?: MasteringDisplay | null;
  /**
   * How bright a film in PQ or HLG gets, for the files that it is exported to; CTA-861.3.
   */
  content_light?: ContentLight | null;
  [k: string]: unknown;
}
/**
 * The display on which a picture was graded (SMPTE ST 2086).
 */
export interface MasteringDisplay {
  /**
   * CIE 1931 (x, y) of its red primary, each 0..=1.
   *
   * @minItems 2
   * @maxItems 2
   */
  red: [number, number];
  /**
   * CIE 1931 (x, y) of its green primary.
   *
   * @minItems 2
   * @maxItems 2
   */
  green: [number, number];
  /**
   * CIE 1931 (x, y) of its blue primary.
   *
   * @minItems 2
   * @maxItems 2
   */
  blue: [number, number];
  /**
   * CIE 1931 (x, y) of its white point.
   *
   * @minItems 2
   * @maxItems 2
   */
  white: [number, number];
  /**
   * Luminance of its black, cd/m², from 0 to below `max_cd_m2`.
   */
  min_cd_m2: number;
  /**
   * Luminance of its white, cd/m², 5..=10000 (the range of H.265, D.3.28).
   */
  max_cd_m2: number;
}
/**
 * How bright the content is (CTA-861.3).
 */
export interface ContentLight {
  /**
   * Luminance of the brightest pixel (MaxCLL), cd/m², 0..=65535; 0: not known.
   */
  max_cd_m2: number;
  /**
   * Highest average luminance of a frame (MaxFALL), cd/m², 0..=65535; 0: not known.
   */
  max_frame_average_cd_m2: number;
}
/**
 * Shutter of a composition, for motion blur.
 */
export interface MotionBlur {
  /**
   * How long the shutter is open, 0..=720 degrees; 360 is a whole frame.
   */
  shutter_angle_degrees?: number;
  /**
   * When the shutter opens, relative to the start of the frame, -360..=360 degrees. With an
   * angle of 180, -90 centres the exposure on the start of the frame.
   */
  shutter_phase_degrees?: number;
  /**
   * Number of placements that are averaged, 2..=64.
   */
  samples?: number;
  [k: string]: unknown;
}
/**
 * The buses of a composition, and its output (master): all that is mixed into it → `effects` →
 * `gain_db`.
 */
export interface CompositionAudio {
  /**
   * Buses that tracks, and other buses, can be mixed into.
   */
  buses?: AudioBus[];
  gain_db?: AnimatedDouble;
  /**
   * Sound effects on the output, in order of application. Keyframe times are composition times.
   */
  effects?: EffectInstance[];
  [k: string]: unknown;
}
/**
 * A sub-mix of a composition: what tracks and buses send to it → `effects` → `gain_db`, `pan` →
 * `output`.
 */
export interface AudioBus {
  id: BusId;
  /**
   * Title.
   */
  name?: string;
  /**
   * Whether the bus is silent.
   */
  muted?: boolean;
  /**
   * If any track or bus is soloed, only soloed tracks and those that reach a soloed bus by their
   * outputs are audible.
   */
  solo?: boolean;
  gain_db?: AnimatedDouble;
  pan?: AnimatedDouble;
  /**
   * Sound effects in order of application. Keyframe times are composition times.
   */
  effects?: EffectInstance[];
  /**
   * The bus that it is mixed into. Absent: the output of the composition.
   */
  output?: BusId | null;
  /**
   * Copies of its sound that are mixed into other buses.
   */
  sends?: AudioSend[];
  [k: string]: unknown;
}
/**
 * A value at a time.
 */
export interface Keyframe {
  time: TimeDelta;
  /**
   * The value at that time.
   */
  value: number;
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle {
  time: TimeDelta;
  /**
   * Offset in value, of the same shape as the value.
   */
  value: number;
  [k: string]: unknown;
}
/**
 * An effect on a clip.
 */
export interface EffectInstance {
  id: EffectId;
  /**
   * Catalogue id of the effect.
   */
  effect: string;
  /**
   * `false`: the effect is not applied.
   */
  enabled?: boolean;
  /**
   * Values by parameter id; parameters that are not named have the catalogue's default.
   */
  params?: {
    [k: string]: Animated_ParamValue;
  };
  [k: string]: unknown;
}
/**
 * A value at a time.
 */
export interface Keyframe2 {
  time: TimeDelta;
  value: ParamValue;
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle2 | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle2 | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle2 {
  time: TimeDelta;
  value: ParamValue;
  [k: string]: unknown;
}
/**
 * A copy of a sound for a bus.
 */
export interface AudioSend {
  bus: BusId;
  gain_db?: AnimatedDouble;
  /**
   * Whether the copy is taken before the gain of its track or bus; otherwise after it. Effects are
   * in both.
   */
  pre_fader?: boolean;
  [k: string]: unknown;
}
/**
 * A note at a time of a composition. Rendering ignores it.
 */
export interface Marker {
  /**
   * Unique in the composition.
   */
  id: string;
  time: Time;
  duration?: TimeDelta;
  /**
   * Title.
   */
  name?: string;
  /**
   * Free text.
   */
  note?: string;
  /**
   * Colour for editors, `"#rrggbb"`.
   */
  color?: string;
  [k: string]: unknown;
}
/**
 * What a split screen was made from; kept in the composition for changes between layouts.
 */
export interface SplitStyle {
  /**
   * The layout that is shown last, as it is written for `cutroom split`.
   */
  layout: string;
  /**
   * Distance between cells in canvas pixels, 0..=2000.
   */
  gap_px?: number;
  /**
   * Distance between the cells and the edges of the canvas in canvas pixels, 0..=2000.
   */
  margin_px?: number;
  /**
   * Radius of the cells' corners in canvas pixels, 0..=2000.
   */
  radius_px?: number;
  /**
   * Width of the line along the inside of the cells' edges in canvas pixels, 0..=2000; 0: none.
   */
  border_px?: number;
  border_color?: Color;
  /**
   * How each clip lies in its cell, in the order of the cells.
   */
  cells?: CellFit[];
}
/**
 * How a picture lies in a cell.
 */
export interface CellFit {
  fit?: Fit;
  /**
   * The point of the picture, as fractions of its width and height, that comes as near to the
   * middle of the cell as the picture's edges allow.
   *
   * @minItems 2
   * @maxItems 2
   */
  focus?: [number, number];
  /**
   * Upright size of the picture in square pixels. Absent: the picture fills the canvas, and the
   * cell shows the part at its place.
   */
  size?: Size | null;
}
/**
 * A row of clips that do not overlap.
 */
export interface Track {
  id: TrackId;
  /**
   * Title.
   */
  name?: string;
  kind?: TrackKind;
  /**
   * `false`: neither visible nor audible.
   */
  enabled?: boolean;
  /**
   * Whether the track is silent.
   */
  muted?: boolean;
  /**
   * If any track is soloed, only soloed tracks are audible; if any video track is, only soloed
   * video tracks are visible.
   */
  solo?: boolean;
  /**
   * Whether the track is not drawn itself, so that its picture is only used by clips that name
   * it as their matte or in an effect.
   */
  matte_only?: boolean;
  /**
   * Editors refuse changes to the track; rendering is not affected.
   */
  locked?: boolean;
  gain_db?: AnimatedDouble;
  pan?: AnimatedDouble;
  audio?: TrackAudio;
  opacity?: AnimatedDouble;
  /**
   * Clips in any order, which is kept in the file. Copies of a project share clips until one of
   * them is changed (`Arc::make_mut`), so that copying a project with many clips is cheap.
   */
  clips?: Clip[];
  /**
   * Transitions at the cuts of this track.
   */
  transitions?: Transition[];
  [k: string]: unknown;
}
/**
 * Where the sound of a track goes, and what changes it on its way: clips → `effects` → the track's
 * gain → `output`.
 */
export interface TrackAudio {
  /**
   * Sound effects in order of application, on the mix of the track's clips. Keyframe times are
   * composition times.
   */
  effects?: EffectInstance[];
  /**
   * The bus that the track is mixed into. Absent: the output of the composition.
   */
  output?: BusId | null;
  /**
   * Copies of its sound that are mixed into buses.
   */
  sends?: AudioSend[];
  [k: string]: unknown;
}
/**
 * A piece of a source on a track.
 */
export interface Clip {
  id: ClipId;
  /**
   * Title.
   */
  name?: string;
  source: ClipSource;
  start: Time;
  duration: TimeDelta;
  source_in?: Time;
  /**
   * Source seconds per timeline second, 0.01..=100; negative plays backwards.
   */
  speed?: number;
  /**
   * A speed that changes, or the source time at each time; instead of `speed`.
   */
  time_map?: TimeMap | null;
  /**
   * `false`: neither visible nor audible.
   */
  enabled?: boolean;
  /**
   * The clip that editors move together with this one.
   */
  linked?: ClipId | null;
  /**
   * Name of the group of clips that editors move together.
   */
  group?: string | null;
  video?: ClipVideo;
  audio?: ClipAudio;
  [k: string]: unknown;
}
/**
 * Streams of a file.
 */
export interface MediaSource {
  media: MediaId;
  video_stream?: StreamChoice;
  audio_stream?: StreamChoice;
  /**
   * Whether the file repeats where the clip uses more than it holds: its picture's length, or that
   * of its sound if it has no picture.
   */
  repeat?: boolean;
  [k: string]: unknown;
}
/**
 * A nested composition.
 */
export interface CompositionSource {
  composition: CompositionId;
  [k: string]: unknown;
}
/**
 * One colour over the whole canvas.
 */
export interface SolidSource {
  /**
   * Straight RGBA, display-encoded, 0..=1; also read as `"#rrggbb"` or `"#rrggbbaa"`.
   */
  color: [number, number, number, number] | string;
  [k: string]: unknown;
}
/**
 * A text, drawn at its own size in the middle of the canvas; the clip's transform places it. Its
 * box is as large as its lines, or `width_px` and `height_px`.
 */
export interface TextSource {
  /**
   * The text; `\n` begins a new line. `{timecode}`, `{frame}`, `{time}`, `{counter}`, `{clip}`,
   * `{composition}`, `{file}` (the media file that the nearest track below shows) and the project's
   * `variables` are replaced; `{{` is a brace.
   */
  text?: string;
  /**
   * Pieces of text with styles of their own, after `text`.
   */
  runs?: TextRun[];
  style?: TextStyle;
  align?: TextAlign;
  vertical_align?: VerticalAlign;
  /**
   * Distance between lines as a multiple of the font's own, 0.1..=10.
   */
  line_height?: number;
  /**
   * Additional space between paragraphs, in canvas pixels.
   */
  paragraph_spacing_px?: number;
  /**
   * Width at which lines break, in canvas pixels, or height of vertical lines' box. Absent: lines
   * end at `\n` only.
   */
  width_px?: number | null;
  /**
   * Height of the box, in canvas pixels. Absent: that of the lines.
   */
  height_px?: number | null;
  overflow?: Overflow;
  direction?: TextDirection;
  /**
   * Whether lines run from top to bottom, and follow each other from right to left.
   */
  vertical?: boolean;
  /**
   * Boxes behind the text.
   */
  background?: TextBackground | null;
  /**
   * Shadows and glows, the first at the bottom.
   */
  shadows?: Shadow[];
  /**
   * A path that the first line follows.
   */
  path?: TextPath | null;
  /**
   * Letters, words or lines that come and go one after another.
   */
  animations?: TextAnimation[];
  /**
   * The number that `{counter}` shows.
   */
  counter?: Counter | null;
  [k: string]: unknown;
}
/**
 * A piece of text.
 */
export interface TextRun {
  /**
   * The text.
   */
  text: string;
  style?: TextStyle;
}
/**
 * Style of text. What is absent is that of the text around it, or the default.
 */
export interface TextStyle {
  /**
   * Font family, or several in order of preference. Families are those of the project's `fonts`,
   * the shipped ones, and those of the machine. Default: Inter.
   */
  font?: Families | null;
  /**
   * Size in canvas pixels, 1..=5000. Default: a fifteenth of the canvas's height.
   */
  size_px?: number | null;
  /**
   * Weight from 1 to 1000, or `"thin"`, `"light"`, `"regular"`, `"medium"`, `"semibold"`,
   * `"bold"`, `"black"`. Default: 400.
   */
  weight?: FontWeight | null;
  /**
   * Whether it is italic.
   */
  italic?: boolean | null;
  /**
   * Width of letters relative to normal, 0.5..=2, for families that have several.
   */
  width?: number | null;
  /**
   * Values of variable axes by tag, such as `{"opsz": 32}`.
   */
  axes?: {
    [k: string]: number;
  };
  /**
   * Values of OpenType features by tag, such as `{"tnum": 1, "liga": 0}`.
   */
  features?: {
    [k: string]: number;
  };
  /**
   * Language as a BCP 47 tag, such as `"ja"`.
   */
  language?: string | null;
  /**
   * Space added after each letter, in canvas pixels.
   */
  tracking_px?: AnimatedDouble | null;
  /**
   * Space added to spaces between words, in canvas pixels.
   */
  word_spacing_px?: number | null;
  /**
   * Distance by which the baseline is raised, in canvas pixels.
   */
  baseline_shift_px?: number | null;
  /**
   * Whether it is underlined.
   */
  underline?: boolean | null;
  /**
   * Whether it is struck through.
   */
  strikethrough?: boolean | null;
  /**
   * Letters in upper or lower case.
   */
  case?: LetterCase | null;
  /**
   * Fill of the letters. Default: white.
   */
  fill?: Paint | null;
  /**
   * Outlines of the letters, the first on top.
   */
  strokes?: Stroke[] | null;
}
/**
 * A value at a time.
 */
export interface Keyframe3 {
  time: TimeDelta;
  value: Color;
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle3 | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle3 | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle3 {
  time: TimeDelta;
  value: Color;
  [k: string]: unknown;
}
/**
 * A gradient over the box of the text or shape that it fills. Positions are fractions of that box:
 * (0, 0) is its top left corner, (1, 1) its bottom right.
 */
export interface Gradient {
  gradient: GradientKind;
  from?: Animated_ArraySize_2OfDouble;
  to?: Animated_ArraySize_2OfDouble;
  center?: Animated_ArraySize_2OfDouble;
  radius?: AnimatedDouble;
  angle_degrees?: AnimatedDouble;
  /**
   * Two or more colours.
   */
  stops: GradientStop[];
}
/**
 * A value at a time.
 */
export interface Keyframe4 {
  time: TimeDelta;
  /**
   * The value at that time.
   *
   * @minItems 2
   * @maxItems 2
   */
  value: [number, number];
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle4 | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle4 | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle4 {
  time: TimeDelta;
  /**
   * Offset in value, of the same shape as the value.
   *
   * @minItems 2
   * @maxItems 2
   */
  value: [number, number];
  [k: string]: unknown;
}
/**
 * A colour of a gradient.
 */
export interface GradientStop {
  /**
   * Position, 0..=1, not before the stop before.
   */
  at: number;
  color: Animated_Color;
}
/**
 * An outline of letters or shapes.
 */
export interface Stroke {
  paint?: Paint;
  width_px: AnimatedDouble;
  position?: StrokePosition;
  join?: StrokeJoin;
  cap?: StrokeCap;
  /**
   * Lengths of dashes and gaps in turn, in canvas pixels; empty: solid.
   */
  dashes_px?: number[];
  dash_offset_px?: AnimatedDouble;
}
/**
 * Boxes behind a text.
 */
export interface TextBackground {
  paint: Paint;
  /**
   * Whether each line has a box of its own; otherwise there is one around all lines.
   */
  per_line?: boolean;
  /**
   * Space around the text, horizontally and vertically, in canvas pixels.
   *
   * @minItems 2
   * @maxItems 2
   */
  padding_px?: [number, number];
  /**
   * Radius of the corners in canvas pixels.
   */
  radius_px?: number;
}
/**
 * A blurred and moved copy of text or shapes below them; without an offset it is a glow.
 */
export interface Shadow {
  color?: Animated_Color;
  offset_px?: Animated_ArraySize_2OfDouble;
  blur_px?: AnimatedDouble;
  spread_px?: AnimatedDouble;
}
/**
 * A path that text follows.
 */
export interface TextPath {
  path: Animated_BezierPath;
  /**
   * Whether the last vertex is connected to the first.
   */
  closed?: boolean;
  offset_px?: AnimatedDouble;
}
/**
 * A corner or smooth point of an outline.
 */
export interface Vertex {
  /**
   * Position, in the unit of the outline's owner.
   *
   * @minItems 2
   * @maxItems 2
   */
  point: [number, number];
  /**
   * Control point of the incoming curve, as an offset from `point`.
   *
   * @minItems 2
   * @maxItems 2
   */
  in?: [number, number];
  /**
   * Control point of the outgoing curve, as an offset from `point`.
   *
   * @minItems 2
   * @maxItems 2
   */
  out?: [number, number];
}
/**
 * A value at a time.
 */
export interface Keyframe5 {
  time: TimeDelta;
  value: BezierPath;
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle5 | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle5 | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle5 {
  time: TimeDelta;
  value: BezierPath;
  [k: string]: unknown;
}
/**
 * Letters, words or lines that appear (or disappear) one after another: each goes from the look
 * that is stated here to its own (or back).
 */
export interface TextAnimation {
  phase?: AnimationPhase;
  unit?: TextUnit;
  duration?: TimeDelta;
  stagger?: TimeDelta;
  delay?: TimeDelta;
  order?: UnitOrder;
  /**
   * Decides a random order.
   */
  seed?: number;
  ease?: Ease;
  /**
   * Opacity, 0..=1.
   */
  opacity?: number;
  /**
   * Offset in canvas pixels.
   *
   * @minItems 2
   * @maxItems 2
   */
  offset_px?: [number, number];
  /**
   * Scale factors about its middle.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale?: [number, number];
  /**
   * Clockwise rotation about its middle.
   */
  rotation_degrees?: number;
  /**
   * Radius of a blur in canvas pixels, 0..=200: twice the standard deviation.
   */
  blur_px?: number;
  /**
   * Colour instead of its fill.
   */
  color?: Color | null;
}
/**
 * A number that changes over time.
 */
export interface Counter {
  value: AnimatedDouble;
  /**
   * Number of decimals, 0..=9.
   */
  decimals?: number;
  /**
   * Least number of digits before the decimals; zeros fill it up.
   */
  digits?: number;
  /**
   * What separates groups of three digits.
   */
  separator?: string;
}
/**
 * Shapes, drawn at their own size in the middle of the canvas; the clip's transform places them.
 */
export interface ShapeSource {
  /**
   * Size of the box whose middle is the origin of all coordinates, in canvas pixels. Absent: the
   * canvas. Shapes may reach beyond it.
   *
   * @minItems 2
   * @maxItems 2
   */
  size_px?: [number, number] | null;
  /**
   * From bottom to top.
   */
  shapes: Shape[];
  /**
   * Shadows and glows, the first at the bottom.
   */
  shadows?: Shadow[];
  [k: string]: unknown;
}
/**
 * A filled and outlined shape.
 */
export interface Shape {
  /**
   * Its outline; several are combined in order.
   */
  outlines: CombinedOutline[];
  fill?: Paint;
  /**
   * Outlines, the first on top.
   */
  strokes?: Stroke[];
  /**
   * Part of its length that is outlined.
   */
  trim?: Trim | null;
  round_px?: AnimatedDouble;
  opacity?: AnimatedDouble;
  /**
   * Copies of it.
   */
  copies?: Copies | null;
}
/**
 * Part of the length of each outline.
 */
export interface Trim {
  start?: AnimatedDouble;
  end?: AnimatedDouble;
  offset?: AnimatedDouble;
}
/**
 * Copies of a shape.
 */
export interface Copies {
  arrangement: Arrangement;
  rotation_degrees?: AnimatedDouble;
  scale?: AnimatedDouble;
  opacity?: AnimatedDouble;
}
/**
 * Subtitles. Their times count from the clip's start, plus its `source_in`; the clip's `speed` is not
 * used. Cues that are shown at the same time stand above each other, the earliest at the bottom.
 */
export interface SubtitlesSource {
  /**
   * The cues, in order of their starts.
   */
  cues: Cue[];
  look?: TextSource;
  place?: CuePlace;
  /**
   * Space between the text and the edges of the canvas: fractions of its width and height.
   *
   * @minItems 2
   * @maxItems 2
   */
  margin?: [number, number];
  /**
   * What happens to pieces of text as they are spoken.
   */
  highlight?: Highlight | null;
  /**
   * Language as a BCP 47 tag.
   */
  language?: string;
  [k: string]: unknown;
}
/**
 * A text shown for some time.
 */
export interface Cue {
  start: Time;
  end: Time;
  /**
   * The text; `\n` begins a new line.
   */
  text?: string;
  /**
   * Pieces of text with styles or times of their own, after `text`.
   */
  runs?: CueRun[];
  /**
   * Its place, if it differs.
   */
  place?: CuePlace | null;
  /**
   * Where it stands and how it appears, if it stands alone.
   */
  layout?: CueLayout | null;
}
/**
 * A piece of a cue's text.
 */
export interface CueRun {
  /**
   * The text.
   */
  text: string;
  style?: TextStyle;
  /**
   * When it is spoken, for `highlight`.
   */
  start?: Time | null;
}
/**
 * Layout of a cue that does not stand with the others of its place. Keyframes count from the cue's
 * start.
 */
export interface CueLayout {
  /**
   * The point of the canvas at which the text stands with the point that its place names: fractions
   * of width and height. Absent: at its place, inside of the margins.
   */
  position?: Animated_ArraySize_2OfDouble | null;
  opacity?: AnimatedDouble;
  /**
   * Clockwise rotation about the position.
   */
  rotation_degrees?: number;
  /**
   * Horizontal and vertical scale about the position.
   *
   * @minItems 2
   * @maxItems 2
   */
  scale?: [number, number];
  /**
   * Left, top, right and bottom of the rectangle outside of which nothing is drawn: fractions of the
   * canvas.
   *
   * @minItems 4
   * @maxItems 4
   */
  clip?: [number, number, number, number] | null;
  /**
   * Space at the left, at the right, and at the top and bottom, instead of `margin`: fractions of the
   * canvas.
   *
   * @minItems 3
   * @maxItems 3
   */
  margins?: [number, number, number] | null;
  /**
   * Whether lines are not wrapped.
   */
  no_wrap?: boolean;
}
/**
 * What happens to pieces of text as they are spoken.
 */
export interface Highlight {
  mode?: HighlightMode;
  style: TextStyle;
}
/**
 * An adjustment layer: the composited picture of the tracks below.
 */
export interface AdjustmentSource {
  [k: string]: unknown;
}
/**
 * An invisible object as large as the canvas.
 */
export interface NullSource {
  [k: string]: unknown;
}
/**
 * A time map: the speed over the clip's time, or the source time over the clip's time.
 */
export interface TimeMap {
  /**
   * Source seconds per timeline second, −100..=100: 0 holds a frame, negative plays backwards. The
   * source time is the clip's `source_in` plus the integral since its start.
   */
  speed?: AnimatedDouble | null;
  /**
   * Source time, counted from the clip's `source_in`; instead of `speed`.
   */
  source?: Animated_TimeDelta | null;
  [k: string]: unknown;
}
/**
 * A value at a time.
 */
export interface Keyframe6 {
  time: TimeDelta;
  value: TimeDelta;
  ease?: Ease;
  turn?: AngleInterpolation;
  /**
   * Bezier handle towards the next keyframe, used when `ease` is `bezier`. Absent: a third of
   * the way along the straight line.
   */
  handle_out?: BezierHandle6 | null;
  /**
   * Bezier handle towards the previous keyframe, used when the `ease` of that one is `bezier`.
   * Absent: a third of the way along the straight line.
   */
  handle_in?: BezierHandle6 | null;
  [k: string]: unknown;
}
/**
 * Offset of a Bezier handle from its keyframe.
 */
export interface BezierHandle6 {
  time: TimeDelta;
  value: TimeDelta;
  [k: string]: unknown;
}
/**
 * How a clip's picture is placed and changed.
 */
export interface ClipVideo {
  transform?: Transform;
  /**
   * A null object of the same composition whose position, scale, rotation and anchor also move
   * this clip. It may have a parent itself. Its keyframes also count outside its own span.
   */
  parent?: ClipId | null;
  /**
   * Whether movement by position, scale, rotation and parents is blurred, with the settings of
   * the composition's `motion_blur`.
   */
  motion_blur?: boolean;
  /**
   * Source time of the frame that is shown during the whole clip. Its sound plays on.
   */
  freeze?: Time | null;
  frames?: FrameInterpolation;
  /**
   * Masks that limit what is visible of the picture.
   */
  masks?: Mask[];
  mask_order?: MaskOrder;
  /**
   * Another track whose picture limits what is visible of this one.
   */
  matte?: Matte | null;
  opacity?: AnimatedDouble;
  /**
   * Catalogue id of the blend mode.
   */
  blend?: string;
  /**
   * Effects in order of application; they are applied before placement.
   */
  effects?: EffectInstance[];
  [k: string]: unknown;
}
/**
 * Placement on the canvas, applied in this order: crop, fit, flip, scale and rotation about the
 * anchor, translation.
 */
export interface Transform {
  fit?: Fit;
  /**
   * The point of the canvas at which the picture lies: what is left of it by `crop`, scaled and
   * rotated, touches the margins there at every time. Masks and what effects draw around it do
   * not count. Absent: the anchor lies at the centre of the canvas.
   */
  align?: Align | null;
  margin?: Margins;
  position_px?: Animated_ArraySize_2OfDouble;
  scale?: Animated_ArraySize_2OfDouble;
  rotation_degrees?: AnimatedDouble;
  anchor?: Animated_ArraySize_2OfDouble;
  crop_left?: AnimatedDouble;
  crop_top?: AnimatedDouble;
  crop_right?: AnimatedDouble;
  crop_bottom?: AnimatedDouble;
  /**
   * Mirror left–right.
   */
  flip_horizontal?: boolean;
  /**
   * Mirror top–bottom.
   */
  flip_vertical?: boolean;
  [k: string]: unknown;
}
/**
 * A mask on a clip. Masks are combined in order into one coverage, which multiplies the clip's
 * alpha.
 */
export interface Mask {
  id: MaskId;
  /**
   * Title.
   */
  name?: string;
  /**
   * `false`: the mask is ignored.
   */
  enabled?: boolean;
  shape: MaskShape;
  mode?: MaskMode;
  /**
   * Whether the outside of the outline is covered instead of the inside.
   */
  inverted?: boolean;
  opacity?: AnimatedDouble;
  feather_px?: AnimatedDouble;
  /**
   * Widths of the soft edge along single curves, instead of `feather_px`. A key names the two
   * vertices of a curve, such as `"0->1"`; the sides of a rectangle are numbered clockwise from
   * the upper one. Not for ellipses, nor for paths whose keyframes differ in the number of
   * vertices.
   */
  edge_feather_px?: {
    [k: string]: AnimatedDouble;
  };
  expansion_px?: AnimatedDouble;
  offset?: Animated_ArraySize_2OfDouble;
  [k: string]: unknown;
}
/**
 * A rectangle, or the box of an ellipse.
 */
export interface BoxShape {
  center?: Animated_ArraySize_2OfDouble;
  size?: Animated_ArraySize_2OfDouble;
  rotation_degrees?: AnimatedDouble;
  corner_radius_px?: AnimatedDouble;
  [k: string]: unknown;
}
/**
 * A closed outline. Its inside follows the even-odd rule: points inside an odd number of its loops
 * are inside.
 */
export interface PathShape {
  path: Animated_BezierPath;
  [k: string]: unknown;
}
/**
 * Another track of the composition as a matte: the alpha or luma of its picture at the same time
 * multiplies the clip's alpha.
 */
export interface Matte {
  track: TrackId;
  channel?: MatteChannel;
  /**
   * Whether the clip is visible where the matte would hide it, and hidden where it would be
   * visible.
   */
  inverted?: boolean;
  [k: string]: unknown;
}
/**
 * How a clip's sound is played.
 */
export interface ClipAudio {
  /**
   * `false`: the clip is silent.
   */
  enabled?: boolean;
  gain_db?: AnimatedDouble;
  pan?: AnimatedDouble;
  fade_in?: TimeDelta;
  fade_out?: TimeDelta;
  fade_shape?: FadeCurve;
  lead?: TimeDelta;
  tail?: TimeDelta;
  /**
   * Whether the pitch stays that of the source at any speed. Otherwise it follows the speed, as
   * that of a tape does.
   */
  preserve_pitch?: boolean;
  /**
   * Sound effects in order of application, before gain, fades and pan. Keyframe times count from
   * the clip's start.
   */
  effects?: EffectInstance[];
  /**
   * Channels of the source that are used, counted from 0, in the order of their speakers; empty:
   * all. `[0]` plays the left channel as mono, `[1, 0]` swaps left and right.
   */
  channels?: number[];
  /**
   * Level of the source's centre in left and right where the composition has no centre,
   * -144..=12 decibels; -144 leaves it out. Absent: 1/√2 (about -3.01), by ITU-R BS.775.
   */
  center_mix_db?: number | null;
  /**
   * Level of the source's low-frequency channel (LFE) in left and right, or in the centre of a
   * mono composition, where the composition has no such channel, -144..=12 decibels. Absent: it
   * is left out, by ITU-R BS.775.
   */
  lfe_mix_db?: number | null;
  [k: string]: unknown;
}
/**
 * A transition at a cut. Clips do not move: during the transition both clips also show what their
 * sources have before the clip's start or after its end. Where a source has nothing there, its
 * edge frame is held and its sound is silent.
 */
export interface Transition {
  id: TransitionId;
  /**
   * Catalogue id of the transition.
   */
  kind: string;
  /**
   * Outgoing clip; absent: from nothing.
   */
  from?: ClipId | null;
  /**
   * Incoming clip; absent: to nothing.
   */
  to?: ClipId | null;
  duration: TimeDelta;
  alignment?: Alignment;
  /**
   * Values by parameter id; keyframe times are relative to the transition's start.
   */
  params?: {
    [k: string]: Animated_ParamValue;
  };
  /**
   * Whether the sound cross-fades over the same span; otherwise it changes at the cut.
   */
  audio_crossfade?: boolean;
  audio_fade_shape?: FadeCurve;
  [k: string]: unknown;
}
/**
 * A copy of a clip.
 */
export interface Copied {
  track: TrackId;
  clip: Clip;
}
/**
 * All fields of a project except its version and its lists.
 */
export interface ProjectFields {
  /**
   * Stable id that distinguishes this project from others.
   */
  id?: string;
  /**
   * Title.
   */
  name?: string;
  settings?: Settings;
  /**
   * Texts that `{name}` stands for in titles.
   */
  variables?: {
    [k: string]: string;
  };
  /**
   * Font files, absolute or relative to the folder of the project file.
   */
  fonts?: string[];
  main: CompositionId;
  [k: string]: unknown;
}
/**
 * All fields of a composition except its id and its tracks.
 */
export interface CompositionFields {
  /**
   * Title.
   */
  name?: string;
  size: Size;
  frame_rate: FrameRate;
  /**
   * Samples per second, 8000..=192000.
   */
  sample_rate_hz?: number;
  /**
   * Number of audio channels, 1..=8.
   */
  channels?: number;
  /**
   * Length; absent: up to the end of the last clip.
   */
  duration?: TimeDelta | null;
  /**
   * Colour below all layers: straight RGBA, display-encoded, 0..=1. Not drawn when the
   * composition is nested.
   *
   * @minItems 4
   * @maxItems 4
   */
  background?: [number, number, number, number];
  blend_space?: BlendSpace;
  color?: CompositionColor;
  motion_blur?: MotionBlur;
  audio?: CompositionAudio;
  /**
   * Notes at times, in order of time.
   */
  markers?: Marker[];
  /**
   * What a split screen was made from.
   */
  split?: SplitStyle | null;
  [k: string]: unknown;
}
/**
 * All fields of a track except its id, its clips and its transitions.
 */
export interface TrackFields {
  /**
   * Title.
   */
  name?: string;
  kind?: TrackKind;
  /**
   * `false`: neither visible nor audible.
   */
  enabled?: boolean;
  /**
   * Whether the track is silent.
   */
  muted?: boolean;
  /**
   * If any track is soloed, only soloed tracks are audible; if any video track is, only soloed
   * video tracks are visible.
   */
  solo?: boolean;
  /**
   * Whether the track is not drawn itself, so that its picture is only used by clips that name
   * it as their matte or in an effect.
   */
  matte_only?: boolean;
  /**
   * Editors refuse changes to the track; rendering is not affected.
   */
  locked?: boolean;
  gain_db?: AnimatedDouble;
  pan?: AnimatedDouble;
  audio?: TrackAudio;
  opacity?: AnimatedDouble;
  [k: string]: unknown;
}
/**
 * What to export, and how.
 */
export interface ExportRequest {
  /**
   * The file to write. Its extension chooses the container, and with it whether there are
   * pictures, sound or both; absent: render everything and write nothing.
   */
  output?: string | null;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Range `A..B`, see [`crate::parse_range`]; absent: all.
   */
  range?: string | null;
  /**
   * Further files that are made from the same frames at the same time; the film is then made as a whole.
   */
  also?: AlsoOutput[];
  /**
   * Name of a preset, such as `youtube`; absent: none. What the request gives itself takes precedence.
   */
  preset?: string | null;
  /**
   * File of the user's presets; absent: `presets.json` in the user's settings, if there is one.
   */
  presets_file?: string | null;
  video?: VideoOptions;
  audio?: AudioOptions;
  /**
   * Encode without loss. This includes sound, unless its codec is given or the container has no
   * lossless one.
   */
  lossless?: boolean;
  /**
   * Threads for decoding, drawing and encoding; 0 for one per core.
   */
  threads?: number;
  proxies?: ProxyChoice;
  /**
   * The folder of proxies; absent: `.cutroom/proxies` beside the project.
   */
  proxy_folder?: string | null;
  /**
   * Draw a slate, and play silence, for files that are missing; otherwise they are errors.
   */
  offline?: boolean;
  backend?: BackendChoice;
  decode?: DecodeChoice;
  /**
   * Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best
   * one, and segments are spread over all cards of its model.
   */
  gpu?: number | null;
  /**
   * Subtitle files that become text tracks of the output: mov_text in MP4 and MOV, SubRip and ASS in
   * Matroska, WebVTT in WebM.
   */
  subtitles?: SubtitleInput[];
  /**
   * Ids of tracks whose subtitles become text tracks, instead of being drawn into the picture.
   */
  subtitles_from?: string[];
  /**
   * Entries about the film, such as `title`, `artist`, `date` and `comment`.
   */
  metadata?: {
    [k: string]: string;
  };
  /**
   * Write the markers of the composition as chapters: each lasts until the next.
   */
  chapters?: boolean;
  /**
   * A JPEG or PNG file that stands for the film in lists.
   */
  cover?: string | null;
  /**
   * Time code of the first frame, `01:00:00:00`, with `;` before the frames for drop frame.
   */
  timecode?: string | null;
  /**
   * Decode the finished file and compare its frames and length with the film, and its pictures if they
   * are stored without loss.
   */
  verify?: boolean;
  /**
   * File that receives one line "frame hash" per picture.
   */
  frame_hashes?: string | null;
  /**
   * Replace an existing output and an existing list of hashes; files that the project reads are
   * never replaced.
   */
  overwrite?: boolean;
  smart?: SmartChoice;
  /**
   * Processes that make segments at the same time; 0 for one per two cores, absent: 1, or one for each
   * card that segments are spread over.
   */
  jobs?: number | null;
  /**
   * Usual length of a segment in seconds, 0.1 to 3600; absent: 10. Segments are made and kept one by
   * one, so that an export that was stopped goes on where it was. 0: the film is made as a whole.
   */
  segment_secs?: number | null;
  /**
   * A process from which no picture comes for this many seconds is stuck and is ended; absent: 300.
   */
  stuck_secs?: number | null;
}
/**
 * A further file that is made from the frames of an export.
 */
export interface AlsoOutput {
  /**
   * The file to write.
   */
  output: string;
  /**
   * Name of a preset.
   */
  preset?: string | null;
  video?: VideoOptions;
  audio?: AudioOptions;
  /**
   * Encode without loss.
   */
  lossless?: boolean;
}
/**
 * How an export stores pictures.
 */
export interface VideoOptions {
  /**
   * Leave out the pictures: nothing is drawn.
   */
  off?: boolean;
  /**
   * Codec id; absent: the container's default.
   */
  codec?: string | null;
  /**
   * Constant quality on the encoder's scale; takes precedence over a bit rate.
   */
  crf?: number | null;
  /**
   * Bits per second.
   */
  bitrate_bps?: number | null;
  /**
   * Bits per second that a second of the film may have at most; for H.264, H.265 and VP9 beside a
   * constant quality.
   */
  max_bitrate_bps?: number | null;
  /**
   * Reach the bit rate in two passes: all is drawn twice, and each part of the film gets of the bits
   * what it needs. For H.264 and H.265.
   */
  two_passes?: boolean;
  /**
   * Encoder preset.
   */
  preset?: string | null;
  /**
   * Encoder profile.
   */
  profile?: string | null;
  /**
   * FFmpeg's name of the pixel format; absent: the codec's default.
   */
  pixel_format?: string | null;
  /**
   * Pixels written for each pixel of the film, 1/64..=4; absent: 1.
   */
  scale?: number | null;
  /**
   * Let software stand in for an encoder of a graphics card that does not work; the report warns
   * of it.
   */
  hardware_fallback?: boolean;
  /**
   * Write pictures of twice the height, colour above and alpha as grey below, for codecs without
   * alpha.
   */
  stacked_alpha?: boolean;
}
/**
 * How an export stores sound.
 */
export interface AudioOptions {
  /**
   * Leave out the sound.
   */
  off?: boolean;
  /**
   * Codec id; absent: the container's default.
   */
  codec?: string | null;
  /**
   * Bits per second.
   */
  bitrate_bps?: number | null;
  /**
   * Bits per stored sample: 16, 24, or 32 for float; absent: 24 with `lossless`, otherwise 16.
   * Only for FLAC and PCM.
   */
  bits?: number | null;
  /**
   * Add triangular noise of ±1 step before samples are rounded to 16 bits; the noise is the same
   * in every run.
   */
  dither?: boolean;
  /**
   * Integrated loudness to bring the sound to, in LUFS, -70 to -5: it is measured first, then a
   * gain and a limiter are applied.
   */
  loudness_lufs?: number | null;
  /**
   * Largest true peak in dBTP, -20 to 0, kept by a limiter; absent: -1 with `loudness_lufs`,
   * otherwise there is no limiter.
   */
  true_peak_dbtp?: number | null;
}
/**
 * A subtitle file of a film.
 */
export interface SubtitleInput {
  /**
   * The file: SubRip, WebVTT, ASS, SSA or TTML.
   */
  file: string;
  /**
   * Language as a BCP 47 tag (`de`, `pt-BR`) or a code of three letters; absent: what the file or
   * its name (`film.de.srt`) says.
   */
  language?: string | null;
  /**
   * Whether players show the track unless another one is chosen.
   */
  default?: boolean;
  /**
   * Whether players show the track even if subtitles are off: texts of another language.
   */
  forced?: boolean;
}
/**
 * Which proxies are made.
 */
export interface ProxyRequest {
  /**
   * Ids of media; empty: all films of the project.
   */
  media?: string[];
  /**
   * Sizes in relation to the source; empty: a half.
   */
  scales?: ProxyScaleChoice[];
  /**
   * The folder that they are written to; absent: `.cutroom/proxies` beside the project.
   */
  proxy_folder?: string | null;
  /**
   * Make those again that are there already.
   */
  renew?: boolean;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
}
/**
 * Ids of what changed, was added or removed.
 */
export interface Changed {
  /**
   * Whether fields of the project itself changed.
   */
  project?: boolean;
  /**
   * Media.
   */
  media?: string[];
  /**
   * Compositions.
   */
  compositions?: string[];
  /**
   * Tracks.
   */
  tracks?: string[];
  /**
   * Clips.
   */
  clips?: string[];
  /**
   * Transitions.
   */
  transitions?: string[];
}
/**
 * A step of a history.
 */
export interface HistoryEntry {
  /**
   * Its number; 0 is the state in which the history began.
   */
  step: number;
  /**
   * The step before it.
   */
  parent: number;
  /**
   * When it was made, UTC (RFC 3339).
   */
  time: string;
  /**
   * What was done.
   */
  label: string;
  /**
   * Whether the present state has it; otherwise it was undone.
   */
  done: boolean;
  /**
   * Whether it is the last step that the project file has.
   */
  saved?: boolean;
  /**
   * Names of this state.
   */
  versions?: string[];
}
/**
 * State of the transport.
 */
export interface TransportReport {
  /**
   * Id of the composition that is shown.
   */
  composition: string;
  activity: TransportActivity;
  /**
   * The playhead's frame.
   */
  frame: number;
  /**
   * The same as a timecode.
   */
  timecode: string;
  /**
   * Number of frames of the composition.
   */
  frames: number;
  /**
   * Speed of playback: 1 is that of the film, negative ones are backwards.
   */
  speed: number;
  /**
   * The range that is played again and again; absent: none.
   */
  looped?: LoopReport | null;
}
/**
 * A range that is played again and again.
 */
export interface LoopReport {
  /**
   * First frame.
   */
  from_frame: number;
  /**
   * Frame after the last one.
   */
  to_frame: number;
  /**
   * How often; 0 for without end.
   */
  times: number;
}
/**
 * How well playback kept time.
 */
export interface PlaybackFigures {
  /**
   * Pictures shown.
   */
  shown: number;
  /**
   * Pictures left out because they were late.
   */
  dropped: number;
  /**
   * Pictures shown after their own time.
   */
  late: number;
  /**
   * Pictures shown per second of sound.
   */
  fps: number;
  /**
   * Largest distance of the sound from the time of the picture that was shown, in ms; 0 while the
   * sound is within the picture's time.
   */
  max_drift_ms: number;
  /**
   * Mean of these distances in ms.
   */
  mean_drift_ms: number;
  /**
   * Sound that was due and not there, in ms.
   */
  missing_sound_ms: number;
  /**
   * Length of the sound played, in seconds.
   */
  played_secs: number;
}
/**
 * A job and how far it is.
 */
export interface JobReport {
  /**
   * Its number.
   */
  job: number;
  kind: JobKind;
  /**
   * What it does, in words.
   */
  name: string;
  /**
   * Work done, in units of the kind of job; frames of exports and proxies.
   */
  done: number;
  /**
   * All its work; 0 while it is not known.
   */
  total: number;
}
/**
 * Result of an export.
 */
export interface ExportReport {
  /**
   * The file; absent if nothing was written.
   */
  output?: string | null;
  /**
   * Number of pictures; 0 for sound alone.
   */
  frames: number;
  /**
   * Number of samples per channel; 0 without sound.
   */
  samples: number;
  /**
   * Length of the film in seconds.
   */
  duration_secs: number;
  /**
   * Codecs, size and rate, human-readable.
   */
  format: string;
  /**
   * Back end, SIMD level and threads; empty for sound alone.
   */
  drawn_by: string;
  /**
   * Elapsed time in seconds.
   */
  elapsed_secs: number;
  /**
   * Frames per second of work; 0 for sound alone.
   */
  fps: number;
  /**
   * Seconds of film per second of work.
   */
  speed: number;
  /**
   * Frames of the film that are not in the file: 0 unless something went wrong.
   */
  dropped_frames?: number;
  /**
   * Size of the file in bytes; absent for image sequences and if nothing was written.
   */
  bytes?: number | null;
  /**
   * BLAKE3 of the file, hexadecimal; absent as above.
   */
  hash?: string | null;
  /**
   * Number of segments that the pictures were made in.
   */
  segments?: number;
  /**
   * Frames that were copied from files without being encoded again.
   */
  copied_frames?: number;
  /**
   * Those segments that an export before had made already.
   */
  segments_reused?: number;
  phases?: PhaseTimes;
  /**
   * What decoding the file again has shown, if that was requested.
   */
  verified?: Verified | null;
  /**
   * How the sound was brought to a loudness, if that was requested.
   */
  level?: LevelReport | null;
  /**
   * The failure of a graphics card, if there was one; what was drawn is complete.
   */
  device_lost?: DeviceLost | null;
  /**
   * Further files that were made at the same time.
   */
  also?: ExportReport[];
  /**
   * Problems that did not prevent the export.
   */
  warnings: string[];
  /**
   * Fields of the request that warnings name in backticks.
   */
  fields?: string[];
}
/**
 * How long the phases of an export took, seconds. They overlap, and those of several processes are added
 * up.
 */
export interface PhaseTimes {
  /**
   * Waiting for decoded pictures.
   */
  decode_secs: number;
  /**
   * Drawing and mixing.
   */
  compose_secs: number;
  /**
   * Encoding.
   */
  encode_secs: number;
  /**
   * Joining and completing the file.
   */
  finalize_secs: number;
}
/**
 * What a finished file was found to have.
 */
export interface Verified {
  /**
   * Pictures that were decoded; as many as the film has frames.
   */
  frames: number;
  /**
   * Length of the file in seconds.
   */
  duration_secs: number;
  /**
   * Pictures that were compared with the ones drawn, bit for bit; 0 if they are stored with loss.
   */
  compared: number;
}
/**
 * How an export changed the level of its sound.
 */
export interface LevelReport {
  /**
   * Gain in dB.
   */
  gain_db: number;
  /**
   * The strongest reduction by the limiter, in dB, 0 or less.
   */
  limited_by_db: number;
  before: LoudnessReport;
  after: LoudnessReport;
}
/**
 * Loudness and peaks. A value is absent where nothing is loud enough to be measured.
 */
export interface LoudnessReport {
  /**
   * Integrated loudness in LUFS (ITU-R BS.1770-4, EBU R 128).
   */
  integrated_lufs?: number | null;
  /**
   * Loudness range in LU (EBU Tech 3342).
   */
  range_lu: number;
  /**
   * Highest momentary loudness (400 ms) in LUFS.
   */
  max_momentary_lufs?: number | null;
  /**
   * Highest short-term loudness (3 s) in LUFS; absent for less than 3 s, too.
   */
  max_short_term_lufs?: number | null;
  /**
   * True peak in dBTP.
   */
  true_peak_dbtp?: number | null;
  /**
   * Largest sample in dBFS.
   */
  sample_peak_dbfs?: number | null;
}
/**
 * The failure of a graphics card in the middle of a film, which something else went on with.
 */
export interface DeviceLost {
  /**
   * The first frame of the composition that something else drew.
   */
  from_frame: number;
  /**
   * What the card's driver said.
   */
  reason: string;
  /**
   * What drew from there on: the card again, by a new device, or the processor.
   */
  continued_by: string;
}
/**
 * Result of making proxies.
 */
export interface ProxyReport {
  /**
   * The folder of the proxies.
   */
  folder: string;
  /**
   * Proxies that were made.
   */
  made: ProxyEntry[];
  /**
   * Proxies that were there already and fit.
   */
  kept: KeptProxy[];
  /**
   * Films without a proxy, and other media that were named, and why, one sentence each.
   */
  skipped: string[];
  /**
   * Why proxies that were there did not fit.
   */
  warnings: string[];
}
/**
 * A proxy that was made.
 */
export interface ProxyEntry {
  /**
   * Id of the media.
   */
  media: string;
  /**
   * Video stream of its file.
   */
  stream: number;
  scale: ProxyScaleChoice;
  /**
   * The file.
   */
  file: string;
  size: Size;
  /**
   * Number of frames.
   */
  frames: number;
  /**
   * Codec and profile.
   */
  codec: string;
  /**
   * Size of the file in bytes.
   */
  bytes: number;
}
/**
 * A proxy that was there already.
 */
export interface KeptProxy {
  /**
   * Id of the media.
   */
  media: string;
  /**
   * Video stream of its file.
   */
  stream: number;
  scale: ProxyScaleChoice;
}
/**
 * Result of adding files.
 */
export interface ImportMediaReport {
  /**
   * The project file written; absent if there was nothing to add.
   */
  project?: string | null;
  /**
   * Media that were added, in order of their paths in each folder.
   */
  added: ImportedMedia[];
  /**
   * Files whose content is in the project already, or that were named twice.
   */
  duplicates?: DuplicateMedia[];
  /**
   * Files of folders that are no media, and why.
   */
  skipped?: SkippedFile[];
  /**
   * What is odd about files, one sentence each.
   */
  warnings?: string[];
}
/**
 * A medium that was added.
 */
export interface ImportedMedia {
  /**
   * Its id.
   */
  media: string;
  /**
   * Its path in the project.
   */
  path: string;
  /**
   * What it is: `video`, `audio` or `image`.
   */
  kind: string;
  /**
   * Its length in seconds; absent for stills.
   */
  duration_secs?: number | null;
}
/**
 * A file that was not added, because its content is there.
 */
export interface DuplicateMedia {
  /**
   * The file.
   */
  file: string;
  /**
   * Id of the media of the same content.
   */
  media: string;
}
/**
 * A file that was not added.
 */
export interface SkippedFile {
  /**
   * The file.
   */
  file: string;
  /**
   * Why.
   */
  reason: string;
}
/**
 * An error, as the command line, the server and scripts show it.
 */
export interface ApiError {
  /**
   * Stable and machine readable: `media.open.not_found`. The first word is the area: `usage`,
   * `project`, `media`, `render`, `export`, …. [`crate::CODES`] lists all.
   */
  code: string;
  /**
   * One English sentence without a full stop.
   */
  message: string;
  /**
   * Underlying reasons, outermost first.
   */
  causes?: string[];
  /**
   * What the user can do about it.
   */
  hint?: string | null;
  /**
   * Fields of the request concerned, the one at fault first. They include every field that
   * message and hint name in backticks. A field of a group has the group's name in front:
   * `audio.dither`. Front ends replace the names with their own.
   */
  fields?: string[];
  /**
   * The operation that the hint names in backticks, one of [`crate::OPERATIONS`].
   */
  operation?: string | null;
  /**
   * The file concerned.
   */
  file?: string | null;
  /**
   * JSON path in the project file: `$.compositions[0].tracks[1].clips[3]`.
   */
  json_path?: string | null;
  /**
   * The clip concerned.
   */
  clip?: string | null;
  /**
   * Time on the composition at which it happened, in seconds.
   */
  time_secs?: number | null;
}
/**
 * Levels of sound in a moment.
 */
export interface SoundLevels {
  /**
   * Id of the track; absent: what is heard, of all tracks.
   */
  track?: string | null;
  /**
   * Largest magnitude of each channel, in dBFS; -120 for silence.
   */
  peak_db: number[];
  /**
   * Root of the mean square of each channel, in dBFS.
   */
  rms_db: number[];
}
/**
 * Subtitles to be added to a film.
 */
export interface AddSubtitlesRequest {
  /**
   * The subtitle file.
   */
  file: string;
  /**
   * Id of the look, see docs/titles.md; or `libass`, as FFmpeg and players draw it;
   * absent: `classic`, with what the file itself says, and `libass` for ASS.
   */
  style?: string | null;
  /**
   * Id of the composition; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * The project file to write, in the folder of the one that was read; absent: that one.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of adding subtitles.
 */
export interface AddSubtitlesReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * Id of the clip.
   */
  clip: string;
  /**
   * Id of its track.
   */
  track: string;
  /**
   * Number of cues.
   */
  cues: number;
  /**
   * What could not be read in the file, and what has changed.
   */
  issues: IssueReport[];
}
/**
 * Something that was not understood.
 */
export interface IssueReport {
  /**
   * Line of the file, from 1; 0 for the whole file.
   */
  line: number;
  /**
   * What it is, and what was done.
   */
  message: string;
}
/**
 * The audio stream to analyse.
 */
export interface BeatsRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
}
/**
 * The rhythm of a sound. Times are seconds since the start of the file.
 */
export interface BeatsReport {
  /**
   * Beats per minute; 0 without beats.
   */
  bpm: number;
  /**
   * How clear the beats are, 0..=1.
   */
  confidence: number;
  /**
   * The beats.
   */
  beats: BeatReport[];
  /**
   * Where sounds start, whether on a beat or not.
   */
  onsets_secs: number[];
}
/**
 * One beat.
 */
export interface BeatReport {
  /**
   * When.
   */
  secs: number;
  /**
   * How strong, relative to the mean of all beats.
   */
  strength: number;
}
/**
 * What the cache on disk holds.
 */
export interface CacheReport {
  /**
   * Its folder; absent if there is none.
   */
  folder?: string | null;
  /**
   * Bytes of all files.
   */
  bytes: number;
  /**
   * Number of entries.
   */
  entries: number;
  /**
   * Bytes that it may hold.
   */
  budget_bytes: number;
  /**
   * Entries that were not used for so many days are removed.
   */
  max_age_days: number;
  /**
   * How long the entry was not used that was not used for longest, in seconds; absent when empty.
   */
  oldest_secs?: number | null;
  /**
   * Entries by kind, sorted.
   */
  kinds: CacheKind[];
  /**
   * What does not work: there is no folder, or it cannot be written.
   */
  remarks: string[];
}
/**
 * The entries of one kind.
 */
export interface CacheKind {
  /**
   * The kind: "index", "thumbnail", "waveform" …
   */
  kind: string;
  /**
   * Number of entries.
   */
  entries: number;
  /**
   * Bytes of their files.
   */
  bytes: number;
}
/**
 * The catalogue.
 */
export interface Catalog {
  /**
   * Effects, by id.
   */
  effects: EffectEntry[];
  /**
   * Sound effects, by id.
   */
  sound_effects: SoundEffectEntry[];
  /**
   * Blend modes, in menu order.
   */
  blend_modes: BlendEntry[];
  /**
   * Transitions, by family.
   */
  transitions: TransitionEntry[];
  /**
   * Entries of other editors and their equivalents here.
   */
  aliases: AliasEntry[];
}
/**
 * An effect.
 */
export interface EffectEntry {
  /**
   * Id, as projects write it.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * Family.
   */
  family: string;
  /**
   * Description in one sentence.
   */
  summary: string;
  /**
   * Encoding in which its arithmetic works: `working`, `display` or `linear`.
   */
  domain: string;
  /**
   * Parameters, in order.
   */
  params: ParamEntry[];
  /**
   * Back ends that can draw it.
   */
  backends: string[];
  cost: CostEntry;
}
/**
 * A parameter.
 */
export interface ParamEntry {
  /**
   * Id, as projects write it.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * `number`, `bool`, `color`, `choice`, `file`, `curve`, `media`, `track` or `key`. The value of a
   * `media` or `track` parameter is an id, that of a `key` the id of a track or bus whose sound is
   * followed, or empty.
   */
  kind: string;
  /**
   * Value when none is given, in the form that project files use.
   */
  default: {
    [k: string]: unknown;
  };
  /**
   * Minimum of a number.
   */
  min?: number | null;
  /**
   * Maximum of a number.
   */
  max?: number | null;
  /**
   * Values of a choice, or file extensions of a file.
   */
  options?: string[];
  /**
   * Unit of a number; empty for a plain factor.
   */
  unit?: string;
  /**
   * Whether it accepts keyframes.
   */
  animatable: boolean;
}
/**
 * Estimated cost of an entry.
 */
export interface CostEntry {
  /**
   * Number of passes: how often the picture is written to memory and read again.
   */
  passes: number;
  /**
   * Operations per pixel.
   */
  operations: number;
}
/**
 * A sound effect.
 */
export interface SoundEffectEntry {
  /**
   * Id, as projects write it.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * Family.
   */
  family: string;
  /**
   * Description in one sentence.
   */
  summary: string;
  /**
   * Parameters, in order.
   */
  params: ParamEntry[];
  /**
   * Latency at default values in a stereo composition of 48 kHz, in samples; mixing makes up for it.
   */
  latency_samples: number;
}
/**
 * A blend mode.
 */
export interface BlendEntry {
  /**
   * Id, as projects write it.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * Back ends that can draw it.
   */
  backends: string[];
  cost: CostEntry;
}
/**
 * A transition.
 */
export interface TransitionEntry {
  /**
   * Id, as projects write it.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * Family.
   */
  family: string;
  /**
   * Parameters, in order.
   */
  params: ParamEntry[];
  /**
   * Back ends that can draw it.
   */
  backends: string[];
  cost: CostEntry;
  /**
   * Duration when none is given, in seconds.
   */
  default_duration_secs: number;
  /**
   * Recommended minimum duration in seconds. Shorter transitions are drawn too, but are hardly
   * visible.
   */
  min_duration_secs: number;
  /**
   * Recommended maximum duration in seconds. Longer transitions are drawn too.
   */
  max_duration_secs: number;
}
/**
 * An entry of another editor.
 */
export interface AliasEntry {
  /**
   * `effect`, `filter` or `transition`.
   */
  kind: string;
  /**
   * Id in the other editor.
   */
  id: string;
  /**
   * Ids here: of effects in drawing order, at the original's defaults; of a transition one for
   * each direction. Empty when there is no equivalent.
   */
  entries: string[];
  /**
   * `same`: the same arithmetic; `like`: similar in purpose.
   */
  match_kind: string;
  /**
   * Why these entries were chosen, and what differs.
   */
  note?: string;
}
/**
 * The file to check, and the limits.
 */
export interface CheckSubtitlesRequest {
  /**
   * The subtitle file.
   */
  file: string;
  /**
   * Most letters of a line; absent: 42.
   */
  line_letters?: number | null;
  /**
   * Most lines of a cue; absent: 2.
   */
  lines?: number | null;
  /**
   * Most letters a second; absent: 20.
   */
  letters_per_second?: number | null;
  /**
   * Shortest cue, `0.5s`; absent: 5/6 s.
   */
  shortest?: string | null;
  /**
   * Longest cue; absent: 7 s.
   */
  longest?: string | null;
}
/**
 * What a check found.
 */
export interface CheckSubtitlesReport {
  /**
   * Number of cues.
   */
  cues: number;
  /**
   * What is beyond the limits, in order of the cues.
   */
  findings: FindingReport[];
  /**
   * What was not understood.
   */
  issues: IssueReport[];
}
/**
 * Something beyond the limits.
 */
export interface FindingReport {
  /**
   * Number of the cue, from 1, in order of time.
   */
  cue: number;
  /**
   * When it starts, in seconds.
   */
  start_secs: number;
  /**
   * `length`, `too_short`, `too_long`, `overlap`, `speed`, `line_length`, `line_count` or
   * `empty`.
   */
  kind: string;
  /**
   * In words.
   */
  message: string;
}
/**
 * Where a project is collected.
 */
export interface CollectRequest {
  /**
   * The folder to make; it must not exist yet, or be empty.
   */
  to: string;
  /**
   * Leave out media that no clip uses.
   */
  trim_unused?: boolean;
  /**
   * Copy the proxies of the media, too.
   */
  include_proxies?: boolean;
}
/**
 * Result of collecting a project.
 */
export interface CollectReport {
  /**
   * The project file in the folder.
   */
  project: string;
  /**
   * Number of files copied, the project itself not included.
   */
  files: number;
  /**
   * Their bytes.
   */
  bytes: number;
  /**
   * Ids of media that were left out.
   */
  left_out?: string[];
  /**
   * What may differ on another machine.
   */
  warnings?: string[];
}
/**
 * How to write a subtitle file anew.
 */
export interface ConvertSubtitlesRequest {
  /**
   * The subtitle file; or, with `stream`, a media file.
   */
  file: string;
  /**
   * Number of the subtitle stream of a media file, from 0.
   */
  stream?: number | null;
  /**
   * The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`.
   */
  output: string;
  /**
   * Moves all cues by a time: `1.5s`, `-200ms`.
   */
  by?: string | null;
  /**
   * Two times and what they become, `0:10=0:12.5`, by which all times are stretched.
   */
  points?: string[];
  /**
   * Frames per second of the film that the subtitles were made for, with `to_fps`.
   */
  from_fps?: string | null;
  /**
   * Frames per second of the film that they are for.
   */
  to_fps?: string | null;
  /**
   * Breaks cues that are too long.
   */
  split?: boolean;
  /**
   * Most letters of a line; absent: 42.
   */
  line_letters?: number | null;
  /**
   * Most lines of a cue; absent: 2.
   */
  lines?: number | null;
  /**
   * Most letters a second; absent: 20.
   */
  letters_per_second?: number | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * What was written.
 */
export interface ConvertSubtitlesReport {
  /**
   * The file.
   */
  output: string;
  /**
   * Number of cues.
   */
  cues: number;
  /**
   * Cues that were split, lengthened, or cut at zero.
   */
  changed: number;
  /**
   * What was not understood in the file that was read.
   */
  issues: IssueReport[];
  /**
   * What the format cannot hold.
   */
  losses: string[];
}
/**
 * The film whose pauses are cut out.
 */
export interface CutSilenceRequest {
  /**
   * Tracks whose sound decides; empty: all that are audible.
   */
  tracks?: string[];
  /**
   * Level below which it is silent, in dBFS; absent: 12 dB above the noise of the mix.
   */
  threshold_db?: number | null;
  /**
   * Shortest pause in seconds; absent: 0.5.
   */
  min_silence_secs?: number | null;
  /**
   * Seconds kept before each sound; absent: 0.1.
   */
  before_secs?: number | null;
  /**
   * Seconds kept after each sound; absent: 0.2.
   */
  after_secs?: number | null;
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Only report what would be cut.
   */
  dry_run?: boolean;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * What was cut out. Times are those of the film before.
 */
export interface CutSilenceReport {
  /**
   * The project file written; absent if nothing was to be written.
   */
  project?: string | null;
  /**
   * The pauses, whole frames.
   */
  cuts: SpanReport[];
  /**
   * Level below which it was silent, in dBFS.
   */
  threshold_db: number;
  /**
   * Length of the film before, in seconds.
   */
  before_secs: number;
  /**
   * Its length afterwards.
   */
  after_secs: number;
}
/**
 * A span of time.
 */
export interface SpanReport {
  /**
   * Where it starts.
   */
  start_secs: number;
  /**
   * Where it ends.
   */
  end_secs: number;
}
/**
 * Capabilities of this machine.
 */
export interface DoctorReport {
  /**
   * Version of cutroom.
   */
  version: string;
  /**
   * Version of the linked FFmpeg, such as "5.1.9".
   */
  ffmpeg: string;
  /**
   * Licence of the linked FFmpeg as it was built; it decides the licence of the program.
   */
  ffmpeg_license: string;
  /**
   * Number of processors that the program may use.
   */
  processors: number;
  /**
   * Result of each choice of back end.
   */
  backends: BackendReport[];
  /**
   * The graphics devices, in the order of their numbers.
   */
  cards?: CardReport[];
  /**
   * Encoders, with the containers that hold their codecs.
   */
  formats: FormatReport[];
  /**
   * Encoders of graphics cards, each of which was tried; empty where they are not tried.
   */
  hardware?: HardwareReport[];
  /**
   * Graphics devices that can decode; each was tried.
   */
  decoding_devices?: DecodingDevice[];
  /**
   * Decoders of the common formats.
   */
  decoders: DecoderReport[];
  /**
   * Folders that are searched for fonts, if they exist.
   */
  font_folders: string[];
  /**
   * Names of the font files in them, without extensions, sorted.
   */
  fonts: string[];
  /**
   * Where scans, thumbnails and waveforms are kept, in words.
   */
  cache: string;
  /**
   * What to install for formats that cannot be read or written.
   */
  advice: string[];
}
/**
 * One choice of back end.
 */
export interface BackendReport {
  choice: BackendChoice;
  /**
   * Whether it works on this machine.
   */
  works: boolean;
  /**
   * Device that draws, or the reason why it does not work.
   */
  what: string;
}
/**
 * A graphics device.
 */
export interface CardReport {
  /**
   * Number, as the setting `gpu` names it: hardware comes first, then the order is that of the PCI bus, the
   * UUID and the name.
   */
  number: number;
  /**
   * Name of the device.
   */
  name: string;
  /**
   * Name and version of its driver.
   */
  driver: string;
  /**
   * UUID, by which other interfaces know it; absent if the driver does not say.
   */
  uuid?: string | null;
  /**
   * Place on the PCI bus; absent if it has none, or the driver does not say.
   */
  bus?: string | null;
  /**
   * Size of its own memory in bytes; absent if it has none.
   */
  memory_bytes?: number | null;
  /**
   * Whether it is software, which is used only if it is asked for.
   */
  software: boolean;
}
/**
 * One encoder.
 */
export interface FormatReport {
  /**
   * "video" or "audio".
   */
  kind: string;
  /**
   * Codec id, as export requests name it.
   */
  codec: string;
  /**
   * Display name.
   */
  title: string;
  /**
   * Name of FFmpeg's encoder.
   */
  encoder: string;
  /**
   * Whether the linked FFmpeg has the encoder.
   */
  works: boolean;
  /**
   * Usual file extensions of the containers that hold the codec.
   */
  extensions: string[];
}
/**
 * An encoder of a graphics card.
 */
export interface HardwareReport {
  /**
   * Codec id, as export requests name it.
   */
  codec: string;
  /**
   * Display name.
   */
  title: string;
  /**
   * Whether it encoded a few pictures.
   */
  works: boolean;
  /**
   * Why it does not; empty if it works.
   */
  reason: string;
}
/**
 * A kind of graphics device that can decode.
 */
export interface DecodingDevice {
  /**
   * Id, as the setting `decode` names it.
   */
  id: string;
  /**
   * Display name.
   */
  title: string;
  /**
   * Whether this machine has one that was opened.
   */
  works: boolean;
  /**
   * What it decodes, or why it cannot be used.
   */
  what: string;
  /**
   * Whether cutroom has been tried with such devices; others are only used if they are named.
   */
  tested: boolean;
}
/**
 * One format that can be read.
 */
export interface DecoderReport {
  /**
   * "video" or "audio".
   */
  kind: string;
  /**
   * FFmpeg's name of the format.
   */
  codec: string;
  /**
   * Display name.
   */
  title: string;
  /**
   * Name of FFmpeg's decoder; absent if the linked FFmpeg has none.
   */
  decoder?: string | null;
}
/**
 * A film whose subtitles are written to files.
 */
export interface ExportSubtitlesRequest {
  /**
   * The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`. With several
   * tracks each gets its own, with its language before the ending: `film.de.srt`.
   */
  output: string;
  /**
   * Ids of the tracks; empty: all that are not off.
   */
  tracks?: string[];
  /**
   * Id of the composition; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Replace existing files.
   */
  overwrite?: boolean;
}
/**
 * The files that were written.
 */
export interface ExportSubtitlesReport {
  /**
   * In order of the tracks.
   */
  files: ExportedSubtitles[];
}
/**
 * A subtitle file that was written.
 */
export interface ExportedSubtitles {
  /**
   * The file.
   */
  file: string;
  /**
   * Id of the track.
   */
  track: string;
  /**
   * Number of cues.
   */
  cues: number;
  /**
   * Language, if one is known.
   */
  language?: string | null;
  /**
   * What the format cannot hold.
   */
  losses: string[];
}
/**
 * The audio stream to measure.
 */
export interface FileLoudnessRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
}
/**
 * The strip of frames of a file to show.
 */
export interface FilmstripRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of frames, 1..=1000: the middles of as many equal parts of the film.
   */
  count: number;
  /**
   * Height in pixels.
   */
  height: number;
  /**
   * Number of the video stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * The file to write, PNG or JPEG by its extension; absent: none.
   */
  output?: string | null;
  /**
   * JPEG and not PNG, if no file is to be written.
   */
  jpeg?: boolean;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * What a picture of a file shows.
 */
export interface StillsReport {
  size: Size;
  /**
   * Times of the frames in the file, in seconds, from left to right.
   */
  times_secs: number[];
  /**
   * Whether it came from the cache.
   */
  cached: boolean;
}
/**
 * A subtitle file, and what is spoken.
 */
export interface FitSubtitlesRequest {
  /**
   * The subtitle file.
   */
  file: string;
  /**
   * A project (`.json`), or a media file with sound, of which the first stream counts.
   */
  film: string;
  /**
   * Id of the composition of a project; absent: the main one.
   */
  composition?: string | null;
  /**
   * Moves each start and end to the nearest one of speech within this time: `200ms`.
   */
  snap?: string | null;
  /**
   * The file to write; its ending says the format: `.srt`, `.vtt`, `.ass` or `.ttml`.
   */
  output: string;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * How a subtitle file was fitted.
 */
export interface FitSubtitlesReport {
  /**
   * The file.
   */
  output: string;
  /**
   * Number of cues.
   */
  cues: number;
  /**
   * Factor of all times, before the offset.
   */
  ratio: number;
  /**
   * Seconds by which the cues are later.
   */
  offset_secs: number;
  /**
   * Correlation of texts with speech, from -1 to 1.
   */
  correlation: number;
  /**
   * Cues that were moved to the edges of speech.
   */
  snapped: number;
  /**
   * Cues that were cut at zero or removed before it.
   */
  cut: number;
  /**
   * What was not understood in the subtitle file.
   */
  issues: IssueReport[];
  /**
   * What the format cannot hold.
   */
  losses: string[];
}
/**
 * The frame whose graph is requested.
 */
export interface GraphRequest {
  /**
   * Seconds, timecode or frame number; see [`crate::parse_frame`].
   */
  at: string;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Pixel format of the result, which decides what must be converted; absent: `yuv420p`.
   */
  pixel_format?: string | null;
}
/**
 * The graph of a frame.
 */
export interface GraphReport {
  /**
   * Frame number.
   */
  frame: number;
  /**
   * Identifies the frame's pixels: equal keys mean equal pixels, as long as the files are the
   * same.
   */
  key: string;
  /**
   * Sources, then passes in execution order.
   */
  nodes: NodeReport[];
  /**
   * What was eliminated as superfluous.
   */
  eliminated: string[];
}
/**
 * A source picture or a pass.
 */
export interface NodeReport {
  /**
   * Unique in the graph.
   */
  id: string;
  /**
   * Short description.
   */
  title: string;
  /**
   * What it computes, in order; several stages of one pass are fused.
   */
  stages: string[];
  /**
   * Ids of the nodes that it reads.
   */
  inputs: string[];
  /**
   * Identifies its pixels.
   */
  key: string;
  size: Size;
  /**
   * Operations per pixel.
   */
  operations: number;
}
/**
 * What to list of a history.
 */
export interface HistoryRequest {
  /**
   * Maximum number of steps; absent: 50.
   */
  limit?: number | null;
  /**
   * A name for the present state, by which it can be restored; a name that is in use moves here.
   */
  name?: string | null;
}
/**
 * The history of a project.
 */
export interface HistoryReport {
  /**
   * The steps, the newest first.
   */
  entries: HistoryEntry[];
  /**
   * Number of steps between what the project file has and the present state.
   */
  unsaved: number;
  /**
   * The session that edits the project at the moment.
   */
  edited_by?: string | null;
  /**
   * Backups of the project file, the oldest first.
   */
  backups: BackupEntry[];
}
/**
 * A backup of the project file.
 */
export interface BackupEntry {
  /**
   * Its name, for restoring it.
   */
  name: string;
  /**
   * When the file was replaced, UTC (RFC 3339).
   */
  time: string;
}
/**
 * The files to add.
 */
export interface ImportMediaRequest {
  /**
   * Files, patterns of numbered pictures (`IMG_%04d.png`), and folders, of which all media in them
   * and in the folders in them are added.
   */
  files: string[];
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Rate of numbered pictures; absent: that of the main composition.
   */
  frame_rate?: string | null;
  /**
   * Add numbered pictures of folders as stills, not as films.
   */
  stills?: boolean;
  /**
   * Say what would be added, and write nothing.
   */
  dry_run?: boolean;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * The mix to measure.
 */
export interface LoudnessRequest {
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Range `A..B`, see [`crate::parse_range`]; absent: all.
   */
  range?: string | null;
}
/**
 * The clip whose beats become markers.
 */
export interface MarkBeatsRequest {
  /**
   * Id of a clip that plays a file.
   */
  clip: string;
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of marking beats.
 */
export interface MarkBeatsReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * Beats per minute of the file.
   */
  bpm: number;
  /**
   * How clear the beats are, 0..=1.
   */
  confidence: number;
  /**
   * Number of markers; those of an earlier run are replaced.
   */
  markers: number;
}
/**
 * The clips, and the settings of the project.
 */
export interface NewProjectRequest {
  /**
   * The project file to write.
   */
  project: string;
  /**
   * Media files in playing order: a path, a part of a file (`a.mp4@2s..5s`), numbered files
   * (`IMG_%04d.jpg`) or a wildcard (`*.jpg`). Numbered files are a still each, or one film with
   * `frame_rate`.
   */
  clips: string[];
  /**
   * Size in pixels; absent: that of the first clip with a picture, made even.
   */
  size?: Size | null;
  /**
   * Whether width and height are exchanged if the picture would be wider than high.
   */
  portrait?: boolean;
  /**
   * How pictures are fitted to the canvas; absent: contained in it, or covering it with
   * `portrait`.
   */
  fit?: Fit | null;
  /**
   * Where pictures lie whose shape is not that of the canvas, and which part of them is shown if
   * they cover it; absent: the centre.
   */
  align?: Align | null;
  /**
   * Frames per second; absent: those of the first moving clip.
   */
  fps?: string | null;
  /**
   * Makes numbered files one film of so many pictures per second.
   */
  frame_rate?: string | null;
  gaps?: Gaps;
  /**
   * Length of a dissolve at every cut, see [`crate::parse_length_frames`].
   */
  dissolve?: string | null;
  /**
   * Length of still images, see [`crate::parse_length_frames`].
   */
  still: string;
  /**
   * Subtitle files that the picture shows, each on a track of its own: the first one at the bottom
   * and the second one at the top, unless they say otherwise; the tracks of further ones are off.
   */
  subtitles?: SubtitleInput[];
  /**
   * Id of the look of subtitles, see docs/titles.md; or `libass`; absent: `classic`, with what the
   * files say, and `libass` for ASS.
   */
  subtitle_style?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of creating a project.
 */
export interface NewProjectReport {
  /**
   * The project file.
   */
  project: string;
  /**
   * Number of clips.
   */
  clips: number;
  size: Size;
  /**
   * Frames per second.
   */
  fps: string;
  /**
   * Length in seconds.
   */
  duration_secs: number;
  /**
   * Decisions that were made for the user, and warnings about the clips.
   */
  notes: string[];
  /**
   * Fields of the request that notes name in backticks.
   */
  fields?: string[];
}
/**
 * What to play, and how.
 */
export interface PlayRequest {
  /**
   * Where to start: seconds, timecode or frame number, see [`crate::parse_frame`]; absent: the first
   * frame.
   */
  from?: string | null;
  /**
   * Where to end, not included; absent: after the last frame.
   */
  to?: string | null;
  /**
   * Speed from -8 to 8 and not 0; a negative one plays backwards from the end.
   */
  speed?: number;
  /**
   * How often the range is played, at least 1.
   */
  times?: number;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
   */
  scale?: number | null;
  /**
   * Whether every frame is shown, and the sound waits for late ones. Otherwise late frames are
   * left out.
   */
  every_frame?: boolean;
  backend?: BackendChoice;
  decode?: DecodeChoice;
  /**
   * Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
   */
  gpu?: number | null;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
  /**
   * The output on which the sound is heard, by its id or name; absent: the system's default, or
   * nobody hears it if there is none.
   */
  device?: string | null;
  /**
   * Lets nobody hear the sound: the machine's clock keeps the time.
   */
  null_sink?: boolean;
}
/**
 * How well playback kept time. A picture lasts as long as a frame, whatever the speed: at double speed
 * every second frame is shown.
 */
export interface PlayReport {
  /**
   * First frame of the range.
   */
  from_frame: number;
  /**
   * Frame after the last one of the range.
   */
  to_frame: number;
  size: Size;
  /**
   * Whether it was played to the end.
   */
  complete: boolean;
  /**
   * Pictures shown.
   */
  shown: number;
  /**
   * Pictures left out because they were late.
   */
  dropped: number;
  /**
   * Pictures shown after their own time.
   */
  late: number;
  /**
   * Pictures shown per second of sound.
   */
  fps: number;
  /**
   * Largest distance of the sound from the time of the picture that was shown, in ms; 0 while the
   * sound is within the picture's time.
   */
  max_drift_ms: number;
  /**
   * Mean of these distances in ms.
   */
  mean_drift_ms: number;
  /**
   * Sound that was due and not there, in ms.
   */
  missing_sound_ms: number;
  /**
   * Length of the sound played, in seconds.
   */
  played_secs: number;
  /**
   * Frames per second of the composition.
   */
  frame_rate: number;
  /**
   * Time from the command to the first picture, in seconds.
   */
  start_secs: number;
  /**
   * Time from the first picture to the end, in seconds.
   */
  real_secs: number;
  sound: SoundOutputReport;
  /**
   * What became of pictures that were decoded on a graphics card; absent if there were none.
   */
  card_pictures?: string | null;
  /**
   * The failure of a graphics card, if there was one; what was drawn is complete.
   */
  device_lost?: DeviceLost | null;
  /**
   * Problems that did not prevent playing.
   */
  warnings: string[];
}
/**
 * What played the sound.
 */
export interface SoundOutputReport {
  /**
   * Name of the device; absent: nobody heard it, and the machine's clock kept the time.
   */
  device?: string | null;
  /**
   * Between handing sound to the device and hearing it, in milliseconds, as its driver tells.
   */
  latency_ms: number;
  /**
   * The device's clock against the machine's in parts per million, positive if it is fast; absent
   * until it is measured, which takes some seconds.
   */
  drift_ppm?: number | null;
  /**
   * Times that sound was not ready and the device played silence.
   */
  under_runs: number;
}
/**
 * Which presets to list.
 */
export interface PresetsRequest {
  /**
   * File of the user's presets; absent: `presets.json` in the user's settings, if there is one.
   */
  presets_file?: string | null;
}
/**
 * A preset with its name.
 */
export interface NamedPreset {
  /**
   * Its name.
   */
  name: string;
  /**
   * Whether it comes with the program.
   */
  is_built_in: boolean;
  preset: Preset;
}
/**
 * A preset. What a request gives itself takes precedence.
 */
export interface Preset {
  /**
   * What it is for, one line.
   */
  title?: string;
  /**
   * Another preset that it begins with; absent: none.
   */
  like?: string | null;
  /**
   * Extension of the file, which chooses the container; absent: any.
   */
  extension?: string | null;
  /**
   * Largest width and height in pixels; a larger film is written smaller, in its own shape.
   *
   * @minItems 2
   * @maxItems 2
   */
  max_size?: [number, number] | null;
  video?: VideoOptions;
  audio?: AudioOptions;
  /**
   * Encode without loss.
   */
  lossless?: boolean;
  limits?: PresetLimits;
}
/**
 * The most that a platform accepts.
 */
export interface PresetLimits {
  /**
   * Seconds.
   */
  secs?: number | null;
  /**
   * Bytes of the file.
   */
  bytes?: number | null;
  /**
   * Bits per second of pictures and sound together.
   */
  bitrate_bps?: number | null;
  /**
   * Frames per second.
   */
  fps?: number | null;
}
/**
 * The file to describe.
 */
export interface ProbeRequest {
  /**
   * The media file, or numbered pictures (`IMG_%04d.png`).
   */
  file: string;
  /**
   * Pictures per second of numbered pictures; absent: 25.
   */
  frame_rate?: string | null;
}
/**
 * Contents of a media file.
 */
export interface MediaReport {
  /**
   * Path, as in the request.
   */
  file: string;
  /**
   * FFmpeg's names of the container.
   */
  container: string;
  /**
   * Length of the longest stream in seconds; 0 for a still image.
   */
  duration_secs: number;
  /**
   * Whether it is a single picture, valid at every time.
   */
  is_still: boolean;
  /**
   * Video streams and still pictures.
   */
  video: VideoReport[];
  /**
   * Audio streams.
   */
  audio: AudioReport[];
  /**
   * Cover art and thumbnails.
   */
  attached_pictures: VideoReport[];
  /**
   * Subtitle streams; `show_subtitles` reads those that hold texts.
   */
  subtitles?: TextReport[];
  /**
   * Streams that are not read, as kind and codec: "data tmcd".
   */
  other: string[];
  /**
   * Irregularities of the file.
   */
  warnings: string[];
}
/**
 * A video stream.
 */
export interface VideoReport {
  /**
   * Codec with its profile.
   */
  codec: string;
  /**
   * Stored width in pixels.
   */
  width: number;
  /**
   * Stored height in pixels.
   */
  height: number;
  /**
   * FFmpeg's name of the stored pixel format.
   */
  pixel_format: string;
  /**
   * Bits per sample.
   */
  bits: number;
  /**
   * Whether there is an alpha plane.
   */
  alpha: boolean;
  color: ColorTags;
  /**
   * Names of tags that the file does not contain and that were guessed.
   */
  guessed: string[];
  /**
   * The display on which PQ or HLG was graded, if the file states it.
   */
  mastering_display?: MasteringDisplay | null;
  /**
   * How bright PQ or HLG gets, if the file states it.
   */
  content_light?: ContentLight | null;
  /**
   * Sample aspect ratio, width : height.
   *
   * @minItems 2
   * @maxItems 2
   */
  sample_aspect: [unknown, unknown];
  /**
   * Clockwise rotation to upright, in degrees.
   */
  rotation_degrees: number;
  /**
   * Whether it is mirrored before rotation.
   */
  mirrored: boolean;
  /**
   * "progressive", "top field first", "bottom field first" or "unknown".
   */
  field_order: string;
  /**
   * Nominal frame rate, or the average one if the file has none; frames, not interlaced fields.
   */
  frame_rate?: string | null;
  /**
   * Whether all frames are shown equally long.
   */
  is_constant_rate: boolean;
  /**
   * Number of frames, counted.
   */
  frames: number;
  /**
   * Start of the first frame, in seconds from the start of the file.
   */
  start_secs: number;
  /**
   * End of the last frame, in seconds from the start of the file.
   */
  end_secs: number;
}
/**
 * All colour tags of a picture. Every field has a definite value: unknown tags are replaced by
 * those of [`ColorTags::guess`] when the file is opened, and the result is visible in
 * `cutroom probe`.
 */
export interface ColorTags {
  primaries: Primaries;
  transfer: Transfer;
  matrix: Matrix;
  range: Range;
  chroma: ChromaLocation;
}
/**
 * An audio stream.
 */
export interface AudioReport {
  /**
   * Codec with its profile.
   */
  codec: string;
  /**
   * Samples per second.
   */
  rate_hz: number;
  /**
   * Number of channels.
   */
  channels: number;
  /**
   * FFmpeg's name of the channel layout.
   */
  layout: string;
  /**
   * Number of samples per channel.
   */
  samples: number;
  /**
   * Time of the first sample, in seconds from the start of the file.
   */
  start_secs: number;
  /**
   * End of the last sample, in seconds from the start of the file.
   */
  end_secs: number;
}
/**
 * A subtitle stream.
 */
export interface TextReport {
  /**
   * Codec: `mov_text`, `subrip`, `ass`, `webvtt`, or one of pictures such as `hdmv_pgs_subtitle`.
   */
  codec: string;
  /**
   * Whether it holds pictures of texts, which are not read.
   */
  is_picture: boolean;
  /**
   * Language as the file says it, usually three letters.
   */
  language?: string | null;
  /**
   * Title.
   */
  title?: string | null;
  /**
   * Whether players show it unless another one is chosen.
   */
  default: boolean;
  /**
   * Whether players show it even if subtitles are off.
   */
  forced: boolean;
}
/**
 * Which entries to remove. Without a choice those that are too old, and then those that were not used for
 * longest until the rest is within the budget.
 */
export interface PruneCacheRequest {
  /**
   * All.
   */
  all?: boolean;
  /**
   * Those that were not used for longer: "7d", "12h", "30m", "45s".
   */
  older_than?: string | null;
  /**
   * Those of one kind, as the report of the cache names it.
   */
  kind?: string | null;
}
/**
 * What was removed from the cache.
 */
export interface PruneCacheReport {
  /**
   * Entries removed.
   */
  removed: number;
  /**
   * Their bytes.
   */
  removed_bytes: number;
  /**
   * Entries left.
   */
  left: number;
  /**
   * Their bytes.
   */
  left_bytes: number;
}
/**
 * What to record, and where to.
 */
export interface RecordRequest {
  /**
   * The audio track that gets the recording, in place of what it has there; it is not heard
   * meanwhile. Absent: a new one.
   */
  track?: string | null;
  /**
   * The WAV file to write, which must not exist; absent: a new one in `recordings` beside the
   * project.
   */
  file?: string | null;
  /**
   * Punch-in: seconds, timecode or frame number; absent: the start.
   */
  from?: string | null;
  /**
   * Punch-out, not included; absent: recording goes on until it is stopped.
   */
  to?: string | null;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Seconds of the film that are played before the punch-in, 0 to 60.
   */
  preroll_secs?: number;
  /**
   * The input, by its id or name; absent: the system's default.
   */
  input?: string | null;
  /**
   * The output on which the film is heard, by its id or name; absent: the system's default.
   */
  device?: string | null;
  /**
   * Lets nobody hear the film: the machine's clock keeps the time.
   */
  null_sink?: boolean;
  /**
   * Channels of the recording, 1 to 8; an input that has others records those it has.
   */
  channels?: number;
  /**
   * Latency of the way from output to input that the drivers do not tell, in milliseconds, -1000 to
   * 1000: what `sound_latency` measures. The recording is laid so much earlier.
   */
  latency_ms?: number;
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Replace an existing project file.
   */
  overwrite?: boolean;
}
/**
 * What was recorded.
 */
export interface RecordReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * The sound file.
   */
  file: string;
  /**
   * The new clip.
   */
  clip: string;
  /**
   * Its track.
   */
  track: string;
  /**
   * Where it starts in the composition, in seconds.
   */
  from_secs: number;
  /**
   * Where it ends.
   */
  to_secs: number;
  /**
   * Its highest sample in dBFS; absent for digital silence.
   */
  peak_db?: number | null;
  /**
   * Samples at or above full scale.
   */
  clipped_samples: number;
  /**
   * Silence in the place of sound that was lost, in seconds.
   */
  lost_secs: number;
  sound: SoundOutputReport;
  /**
   * Problems that did not end the recording.
   */
  warnings: string[];
}
/**
 * How a project is recovered.
 */
export interface RecoverRequest {
  /**
   * The project file to write, in the same folder; absent: nothing is written, but the next session
   * has what was recovered.
   */
  output?: string | null;
  /**
   * Whether the project file itself is written; it is kept as a backup.
   */
  in_place?: boolean;
  /**
   * Whether an output that exists is replaced.
   */
  overwrite?: boolean;
  /**
   * What counts if file and journal differ. The other one is kept: the file as a backup, the edits
   * as steps that `restore` finds.
   */
  keep?: Keep | null;
  /**
   * Whether the lock of a session on another machine is broken.
   */
  break_lock?: boolean;
}
/**
 * What was recovered or restored.
 */
export interface RestoreReport {
  /**
   * What was found, in words.
   */
  notes: string[];
  /**
   * Number of steps of the present state that the project file lacks.
   */
  unsaved: number;
  /**
   * The file that was written.
   */
  path?: string | null;
}
/**
 * Where missing files are looked for.
 */
export interface RelinkRequest {
  /**
   * Folders that are searched with all folders in them; empty: the project's own folder.
   */
  search?: string[];
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Say what would be written, and write nothing.
   */
  dry_run?: boolean;
  /**
   * Link files of the same name whose content is another one, too, and accept files that have
   * changed in their place.
   */
  accept_different?: boolean;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of looking for missing files.
 */
export interface RelinkReport {
  /**
   * The project file written; absent if nothing had to be.
   */
  project?: string | null;
  /**
   * Media whose files were found, in the order of the document.
   */
  found: RelinkedMedia[];
  /**
   * Media for which several files are equally good; none was taken.
   */
  ambiguous?: MissingMedia[];
  /**
   * Media of which there is only a file of the same name with other content; it was not taken.
   */
  different?: MissingMedia[];
  /**
   * Media of which nothing was found.
   */
  missing?: MissingMedia[];
  /**
   * Ids of media whose files are there, and whose fingerprint is remembered from now on.
   */
  remembered?: string[];
  /**
   * What is odd about files, one sentence each.
   */
  warnings?: string[];
  /**
   * Fields of the request that warnings name in backticks.
   */
  fields?: string[];
}
/**
 * A medium whose file was found.
 */
export interface RelinkedMedia {
  /**
   * Id of the media.
   */
  media: string;
  /**
   * Its path before.
   */
  was: string;
  /**
   * Its path now.
   */
  path: string;
  by: RelinkedBy;
}
/**
 * A medium whose file was not found.
 */
export interface MissingMedia {
  /**
   * Id of the media.
   */
  media: string;
  /**
   * Its path.
   */
  path: string;
  /**
   * The files that it may be.
   */
  candidates?: string[];
}
/**
 * The frame to render.
 */
export interface FrameRequest {
  /**
   * Seconds, timecode or frame number; see [`crate::parse_frame`].
   */
  at: string;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  display?: DisplayChoice;
  /**
   * Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
   */
  scale?: number | null;
  proxies?: ProxyChoice;
  /**
   * The folder of proxies; absent: `.cutroom/proxies` beside the project.
   */
  proxy_folder?: string | null;
  /**
   * Draw a slate for files that are missing; otherwise they are errors.
   */
  offline?: boolean;
  backend?: BackendChoice;
  decode?: DecodeChoice;
  /**
   * Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
   */
  gpu?: number | null;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
}
/**
 * Result of rendering a frame.
 */
export interface FrameReport {
  /**
   * Frame number.
   */
  frame: number;
  /**
   * Time of the frame as a timecode.
   */
  timecode: string;
  /**
   * Time of the frame in seconds.
   */
  time_secs: number;
  size: Size;
  /**
   * Bits, planes and colour of the picture, human-readable.
   */
  format: string;
  /**
   * Back end, SIMD level and threads.
   */
  drawn_by: string;
  /**
   * The failure of a graphics card, if there was one; what was drawn is complete.
   */
  device_lost?: DeviceLost | null;
  /**
   * Problems that did not prevent drawing.
   */
  warnings: string[];
}
/**
 * The state that is restored: exactly one of version, step, time and backup.
 */
export interface RestoreRequest {
  /**
   * A named version.
   */
  version?: string | null;
  /**
   * Number of a step, as `history` lists them.
   */
  step?: number | null;
  /**
   * The last state until a time, UTC (RFC 3339).
   */
  time?: string | null;
  /**
   * A backup of the project file, as `history` lists them.
   */
  backup?: string | null;
  /**
   * The project file to write, in the same folder; absent: the project itself is changed.
   */
  output?: string | null;
  /**
   * Whether an output that exists is replaced.
   */
  overwrite?: boolean;
}
/**
 * The video stream to analyse.
 */
export interface ScenesRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the video stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * Least score of a cut, 0.05..=1; absent: 0.25.
   */
  threshold?: number | null;
  /**
   * Shortest shot: `500ms`, `1.5s`, `12f`; absent: a fifth of a second.
   */
  min_length?: string | null;
}
/**
 * The shots of a film. Frames are counted from 0 in the order in which they are shown; times are seconds
 * since the start of the file.
 */
export interface ScenesReport {
  /**
   * Number of frames.
   */
  frames: number;
  /**
   * The shots, in order and without gaps.
   */
  shots: ShotReport[];
  /**
   * What is between them, and fades at the ends of the film.
   */
  transitions: SceneTransitionReport[];
}
/**
 * A shot.
 */
export interface ShotReport {
  /**
   * Its first frame; within a dissolve or a fade the one in the middle.
   */
  first_frame: number;
  /**
   * Its last frame.
   */
  last_frame: number;
  /**
   * When it starts.
   */
  start_secs: number;
  /**
   * When it ends.
   */
  end_secs: number;
  /**
   * How sure the transition that it begins with is, 0..=1; absent for the first shot.
   */
  score?: number | null;
  /**
   * The transition that it begins with; absent for the first shot.
   */
  begins_with?: SceneTransition | null;
}
/**
 * A transition.
 */
export interface SceneTransitionReport {
  kind: SceneTransition;
  /**
   * The first frame that does not wholly show what was before.
   */
  first_frame: number;
  /**
   * The first frame that wholly shows what is after; `first_frame` for cuts.
   */
  next_frame: number;
  /**
   * Start of `first_frame`.
   */
  start_secs: number;
  /**
   * Start of `next_frame`.
   */
  end_secs: number;
  /**
   * How sure it is, 0..=1.
   */
  score: number;
}
/**
 * The file to read.
 */
export interface SubtitlesRequest {
  /**
   * The subtitle file: SubRip, WebVTT, ASS, SSA or TTML; or, with `stream`, a media file.
   */
  file: string;
  /**
   * Number of the subtitle stream of a media file, from 0.
   */
  stream?: number | null;
}
/**
 * What a subtitle file holds.
 */
export interface SubtitlesReport {
  /**
   * Path, as in the request.
   */
  file: string;
  /**
   * `srt`, `vtt`, `ass` or `ttml`; of a stream its codec.
   */
  format: string;
  /**
   * Name of its encoding; of a stream that of what the decoder returns.
   */
  encoding: string;
  /**
   * Whether the encoding was guessed from the letters.
   */
  is_encoding_guessed: boolean;
  /**
   * Language, if it states one.
   */
  language?: string | null;
  /**
   * Cues in order of time.
   */
  cues: CueReport[];
  /**
   * Names of its styles.
   */
  styles: string[];
  /**
   * What was not understood: line and message.
   */
  issues: IssueReport[];
}
/**
 * A cue.
 */
export interface CueReport {
  /**
   * Start in seconds.
   */
  start_secs: number;
  /**
   * End in seconds.
   */
  end_secs: number;
  /**
   * Text without styles.
   */
  text: string;
  /**
   * Runs, place, style and so on, as they are stored in a project.
   */
  details: {
    [k: string]: unknown;
  };
}
/**
 * What counts as a pause.
 */
export interface SilencesRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * Level below which it is silent, in dBFS; absent: 12 dB above the noise of the recording.
   */
  threshold_db?: number | null;
  /**
   * Shortest pause in seconds; absent: 0.5.
   */
  min_silence_secs?: number | null;
  /**
   * Seconds kept before each sound; absent: 0.1.
   */
  before_secs?: number | null;
  /**
   * Seconds kept after each sound; absent: 0.2.
   */
  after_secs?: number | null;
}
/**
 * Where a file is silent. Times are seconds since the start of the file.
 */
export interface SilencesReport {
  /**
   * The pauses.
   */
  silences: SpanReport[];
  /**
   * Level below which it was silent, in dBFS.
   */
  threshold_db: number;
  /**
   * Level of the noise, in dBFS; absent for digital silence.
   */
  noise_db?: number | null;
}
/**
 * The sound devices of this machine.
 */
export interface SoundDevicesReport {
  /**
   * What plays sound.
   */
  outputs: SoundDeviceReport[];
  /**
   * What captures sound.
   */
  inputs: SoundDeviceReport[];
}
/**
 * A sound device.
 */
export interface SoundDeviceReport {
  /**
   * Names it for this program; stays the same when it is plugged in again.
   */
  id: string;
  /**
   * Name for people; two devices can have the same.
   */
  name: string;
  /**
   * Whether it is the system's default.
   */
  is_default: boolean;
  /**
   * Most channels; 0 if it is in use and does not say.
   */
  channels: number;
  /**
   * Lowest sample rate in Hz; 0 if it does not say.
   */
  min_rate_hz: number;
  /**
   * Highest sample rate in Hz; 0 if it does not say.
   */
  max_rate_hz: number;
}
/**
 * Devices whose latency is measured.
 */
export interface LatencyRequest {
  /**
   * The output, by its id or name; absent: the system's default.
   */
  device?: string | null;
  /**
   * The input, by its id or name; absent: the system's default.
   */
  input?: string | null;
}
/**
 * How much later sound is recorded than it is heard, beyond what the drivers tell.
 */
export interface LatencyReport {
  /**
   * In milliseconds: the value for `latency_ms` of a recording.
   */
  latency_ms: number;
  /**
   * Name of the output.
   */
  device: string;
  /**
   * Sample rate of the input in Hz.
   */
  input_rate_hz: number;
}
/**
 * The audio stream to analyse.
 */
export interface SegmentsRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
}
/**
 * Segments of a sound, in order and without gaps.
 */
export interface SegmentsReport {
  /**
   * The segments.
   */
  segments: SegmentReport[];
}
/**
 * One kind of sound for a while. Times are seconds since the start of the file.
 */
export interface SegmentReport {
  /**
   * `speech`, `music`, `silence` or `other`.
   */
  kind: string;
  /**
   * Where it starts.
   */
  start_secs: number;
  /**
   * Where it ends.
   */
  end_secs: number;
  /**
   * How probable the kind is, as far as the model can tell.
   */
  confidence: number;
}
/**
 * The sound of a file to draw.
 */
export interface SpectrogramRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * Number of columns, 1..=16384; absent: 1200.
   */
  width?: number | null;
  /**
   * Number of rows, 1..=16384; absent: 400.
   */
  height?: number | null;
  /**
   * How rows divide the frequencies: `linear`, `log` or `mel`; absent: `log`.
   */
  axis?: string | null;
  /**
   * Level of black in dBFS; absent: -120. White is 0 dBFS.
   */
  floor_db?: number | null;
  /**
   * The PNG file to write.
   */
  output: string;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * What a spectrogram shows.
 */
export interface SpectrogramReport {
  /**
   * Samples per second.
   */
  rate_hz: number;
  /**
   * Length of the sound in seconds.
   */
  secs: number;
  /**
   * Frequency at the lower edge of the picture.
   */
  lowest_hz: number;
  /**
   * Frequency at its upper edge.
   */
  highest_hz: number;
}
/**
 * A split screen to be added to a film.
 */
export interface SplitAddRequest {
  /**
   * The layout.
   */
  layout: string;
  /**
   * A film or an image for each cell, in their order.
   */
  clips: string[];
  /**
   * Where it starts, see [`crate::parse_frame`].
   */
  at: string;
  /**
   * Length, see [`crate::parse_length_frames`]; absent: that of the shortest film.
   */
  duration?: string | null;
  /**
   * Id of the composition that it is placed in; absent: the project's main one.
   */
  composition?: string | null;
  look?: SplitLook;
  content?: SplitClips;
  /**
   * The project file to write, in the folder of the one that was read; absent: that one.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Gaps, corners, borders and background of a split screen.
 */
export interface SplitLook {
  /**
   * Distance between cells in pixels, 0..=2000.
   */
  gap_px?: number;
  /**
   * Distance between the cells and the edges of the canvas in pixels, 0..=2000.
   */
  margin_px?: number;
  /**
   * Radius of the cells' corners in pixels, 0..=2000.
   */
  radius_px?: number;
  /**
   * Width of a line along the inside of the cells' edges in pixels, 0..=1000; 0: none.
   */
  border_px?: number;
  /**
   * Colour of that line, `#rrggbb` or `#rrggbbaa`; absent: white.
   */
  border_color?: string | null;
  /**
   * What is seen between the cells: `#rrggbb`, `#rrggbbaa`, or `none` for what is below. Absent:
   * black in a new film and a preview, what is below in a film that exists.
   */
  background?: string | null;
}
/**
 * The clips of a split screen and how they lie in their cells.
 */
export interface SplitClips {
  /**
   * `contain` shows the whole picture, `cover` fills the cell; absent: `cover`.
   */
  fit?: Fit | null;
  /**
   * Points of pictures that come into the middle of their cells: `X,Y` for all cells or
   * `CELL=X,Y` for one, as fractions of the picture from its top left corner; cells count from 1.
   */
  focus?: string[];
  /**
   * Whose sound is heard: the number of a cell, `all` or `none`. Absent: that of the first clip
   * that has sound.
   */
  sound?: string | null;
}
/**
 * Result of making, adding or changing a split screen.
 */
export interface SplitReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * Id of the composition with the cells.
   */
  composition: string;
  /**
   * Number of cells that are shown.
   */
  cells: number;
  size: Size;
  /**
   * Start of the split screen in the film, or of the change in the composition, in seconds.
   */
  start_secs: number;
  /**
   * Length of the split screen, or of the change, in seconds.
   */
  duration_secs: number;
  /**
   * Decisions that were made for the user, and what is to be known of the clips.
   */
  notes: string[];
}
/**
 * An animated change to another layout.
 */
export interface SplitChangeRequest {
  /**
   * Id of the split screen's composition; absent: the only one.
   */
  composition?: string | null;
  /**
   * The new layout.
   */
  to: string;
  /**
   * Clips for cells that it has more than there have been; they begin with the change, without
   * sound.
   */
  clips?: string[];
  /**
   * Time in that composition at which the cells begin to move, see [`crate::parse_frame`].
   */
  at: string;
  /**
   * How long they move, see [`crate::parse_length_frames`]; absent: half a second.
   */
  duration?: string | null;
  /**
   * How they move; absent: `in_out_cubic`.
   */
  ease?: string | null;
  /**
   * The project file to write, in the folder of the one that was read; absent: that one.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Layouts of split screens.
 */
export interface SplitLayoutList {
  /**
   * Layouts, in menu order. Numbers and weights in their names may be others.
   */
  layouts: SplitLayoutEntry[];
}
/**
 * A layout of a split screen.
 */
export interface SplitLayoutEntry {
  /**
   * How it is written.
   */
  layout: string;
  /**
   * What it is, in a few words.
   */
  about: string;
  /**
   * Number of its cells.
   */
  cells: number;
  /**
   * Corners of each cell, clockwise, as fractions of the canvas's width and height, without gaps
   * on a canvas of 16:9.
   */
  corners: [number, number][][];
}
/**
 * A split screen as a new film.
 */
export interface SplitNewRequest {
  /**
   * The project file to write.
   */
  project: string;
  /**
   * The layout.
   */
  layout: string;
  /**
   * A film or an image for each cell, in their order: a path, or a part of a file
   * (`a.mp4@2s..5s`).
   */
  clips: string[];
  /**
   * Size in pixels; absent: that of the first clip, made even.
   */
  size?: Size | null;
  /**
   * Frames per second; absent: those of the first film.
   */
  fps?: string | null;
  /**
   * Length, see [`crate::parse_length_frames`]; absent: that of the shortest film.
   */
  duration?: string | null;
  look?: SplitLook;
  content?: SplitClips;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * A layout to be shown.
 */
export interface SplitPreviewRequest {
  /**
   * The layout.
   */
  layout: string;
  /**
   * The PNG file to write.
   */
  output: string;
  /**
   * Size in pixels; absent: 1920×1080.
   */
  size?: Size | null;
  look?: SplitLook;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * The clip that is divided into its shots.
 */
export interface SplitScenesRequest {
  /**
   * Id of a clip that plays a film.
   */
  clip: string;
  /**
   * Set markers instead of dividing the clip.
   */
  markers?: boolean;
  /**
   * Least score of a cut, 0.05..=1; absent: 0.25.
   */
  threshold?: number | null;
  /**
   * Shortest shot: `500ms`, `1.5s`, `12f`; absent: a fifth of a second.
   */
  min_length?: string | null;
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of dividing a clip into its shots.
 */
export interface SplitScenesReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * The clips, in order: the one named and those made of it; with markers only that one.
   */
  clips: string[];
  /**
   * Number of markers set; those of an earlier run are replaced.
   */
  markers: number;
  /**
   * Where shots begin in the composition, in seconds.
   */
  cuts_secs: number[];
}
/**
 * The clips, and how they are smoothed.
 */
export interface StabilizeRequest {
  /**
   * Clip ids.
   */
  clips: string[];
  /**
   * The project file to write; absent: the one that was read.
   */
  output?: string | null;
  /**
   * Standard deviation of the Gaussian that smooths movements, in seconds, 0.02..=30.
   */
  smoothness_secs: number;
  /**
   * Remove all movement, as if the camera were not moving; `smoothness_secs` is ignored.
   */
  still?: boolean;
  /**
   * Maximum enlargement of the picture to hide its edges, 1..=2.
   */
  max_zoom: number;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of stabilising clips.
 */
export interface StabilizeReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * One entry per clip, in the order of the request.
   */
  clips: StabilizedClip[];
  /**
   * Warnings about the files.
   */
  warnings: string[];
}
/**
 * Measurements of one clip.
 */
export interface StabilizedClip {
  /**
   * Clip id.
   */
  clip: string;
  /**
   * Number of frames, including those of the handles that transitions use.
   */
  frames: number;
  /**
   * Number of frames whose movement since the previous frame could not be measured; each begins
   * a new shot.
   */
  cuts: number;
  /**
   * Largest shift of a frame, in picture widths.
   */
  largest_shift: number;
  /**
   * Largest rotation of a frame, in degrees.
   */
  largest_rotation_degrees: number;
  /**
   * Enlargement of the picture.
   */
  zoom: number;
  /**
   * Number of frames that show a transparent edge in spite of the enlargement.
   */
  frames_with_edges: number;
}
/**
 * What to draw.
 */
export interface StatsRequest {
  /**
   * Range `A..B`, see [`crate::parse_range`]; absent: the first 100 frames.
   */
  range?: string | null;
  /**
   * Composition id; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * Pixels drawn for each pixel of the film, 1/64..=4; absent: 1.
   */
  scale?: number | null;
  backend?: BackendChoice;
  decode?: DecodeChoice;
  /**
   * Number of the graphics card that draws and decodes, as `cutroom doctor` lists them; absent: the best one.
   */
  gpu?: number | null;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
}
/**
 * Where the time went.
 */
export interface StatsReport {
  /**
   * What drew.
   */
  drawn_by: string;
  /**
   * Number of frames that were drawn.
   */
  frames: number;
  /**
   * Seconds that opening the film took.
   */
  opening_secs: number;
  /**
   * Seconds that drawing took.
   */
  drawing_secs: number;
  /**
   * Seconds that mixing the sound of the range took, after drawing.
   */
  mixing_secs: number;
  /**
   * Times of the stages, by name.
   */
  stages: StageReport[];
  /**
   * Largest size of the process in MiB; absent where the system does not say.
   */
  peak_mib?: number | null;
  /**
   * Bytes of the cache on disk.
   */
  cache_bytes: number;
  /**
   * Number of files that were scanned because the cache did not have them.
   */
  scans: number;
}
/**
 * Times of one stage.
 */
export interface StageReport {
  /**
   * Name of the stage. Stages run on several threads, and one may be inside of another.
   */
  stage: string;
  /**
   * How often it ran.
   */
  times: number;
  /**
   * Mean time in milliseconds.
   */
  mean_ms: number;
  /**
   * 95 % of the times are not longer, in milliseconds.
   */
  p95_ms: number;
  /**
   * Longest time in milliseconds.
   */
  max_ms: number;
  /**
   * All times together in milliseconds.
   */
  total_ms: number;
}
/**
 * The recordings.
 */
export interface SyncRequest {
  /**
   * Media files with sound, two or more.
   */
  files: string[];
  /**
   * The project file to write; absent: none.
   */
  output?: string | null;
  /**
   * Which recording the film shows from which time on, `TIME=N`: `["0s=1", "12s=2"]`; recordings
   * count from 1. Absent: the first one.
   */
  switch?: string[];
  /**
   * The recording whose sound is heard, from 1; absent: the first one.
   */
  sound?: number | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * How recordings lie to each other.
 */
export interface SyncReport {
  /**
   * The recordings, in the order of the request.
   */
  files: SyncedFile[];
  /**
   * The project file written.
   */
  project?: string | null;
}
/**
 * One recording.
 */
export interface SyncedFile {
  /**
   * The file.
   */
  file: string;
  /**
   * When it starts, in seconds after the start of the first one; negative: before it. Absent if no
   * other recording has the same sound.
   */
  offset_secs?: number | null;
  /**
   * How much slower than the first one's its clock runs, in parts per million; absent if the
   * overlap is too short to tell, 0 for the first one.
   */
  drift_ppm?: number | null;
  /**
   * Peak of the correlation over the next highest one: about 1.5 is a doubtful match, 3 a good one.
   */
  confidence?: number | null;
  /**
   * Whether its polarity is that of the others, inverted.
   */
  inverted?: boolean;
}
/**
 * The frame of a file to show.
 */
export interface ThumbnailRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Where: seconds, a clock, a timecode or a frame number at the file's rate; see [`crate::parse_frame`].
   * Absent: the beginning.
   */
  at?: string | null;
  /**
   * Number of the video stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * Greatest width in pixels.
   */
  width?: number | null;
  /**
   * Greatest height in pixels. Without any the picture has the size that it is displayed at.
   */
  height?: number | null;
  /**
   * The file to write, PNG or JPEG by its extension; absent: none.
   */
  output?: string | null;
  /**
   * JPEG and not PNG, if no file is to be written.
   */
  jpeg?: boolean;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * A title to be added.
 */
export interface TitleAddRequest {
  /**
   * Id of the title.
   */
  title: string;
  /**
   * Values of parameters by id, as texts; absent ones have their defaults.
   */
  values?: {
    [k: string]: string;
  };
  /**
   * Where it starts, see [`crate::parse_frame`].
   */
  at: string;
  /**
   * Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
   */
  duration?: string | null;
  /**
   * Id of the video track that it is placed on; absent: a new one above all others.
   */
  track?: string | null;
  /**
   * Id of the composition that it is placed in; absent: the project's main one.
   */
  composition?: string | null;
  /**
   * The project file to write, in the folder of the one that was read; absent: that one.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Result of adding a title.
 */
export interface TitleAddReport {
  /**
   * The project file written.
   */
  project: string;
  /**
   * Id of the composition that shows the title.
   */
  composition: string;
  /**
   * Id of the clip that shows this composition.
   */
  clip: string;
  /**
   * Id of the clip's track.
   */
  track: string;
  /**
   * Start in seconds.
   */
  start_secs: number;
  /**
   * Length in seconds.
   */
  duration_secs: number;
  /**
   * What else has changed.
   */
  notes: string[];
}
/**
 * A title to be shown.
 */
export interface TitlePreviewRequest {
  /**
   * Id of the title.
   */
  title: string;
  /**
   * Values of parameters by id, as texts; absent ones have their defaults.
   */
  values?: {
    [k: string]: string;
  };
  /**
   * The file to write: a picture if its name ends in `.png`, otherwise a film.
   */
  output: string;
  /**
   * Size in pixels; absent: that of the clip below, or 1920×1080.
   */
  size?: Size | null;
  /**
   * Frames per second; absent: those of the clip below, or 25.
   */
  fps?: string | null;
  /**
   * Length, see [`crate::parse_length_frames`]; absent: the title's usual one.
   */
  duration?: string | null;
  /**
   * Place of the picture, see [`crate::parse_frame`]; absent: the middle. Not for films.
   */
  at?: string | null;
  /**
   * A film or an image to be shown below.
   */
  over?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * All titles.
 */
export interface TitleList {
  /**
   * Titles, in menu order.
   */
  titles: TitleEntry[];
}
/**
 * A title.
 */
export interface TitleEntry {
  /**
   * Id.
   */
  id: string;
  /**
   * Display name.
   */
  name: string;
  /**
   * What it is for, in one sentence.
   */
  about: string;
  /**
   * Usual length in seconds.
   */
  usual_secs: number;
  /**
   * Parameters, in order.
   */
  params: TitleParamEntry[];
}
/**
 * A parameter of a title.
 */
export interface TitleParamEntry {
  /**
   * Id.
   */
  id: string;
  /**
   * What it is, in a few words.
   */
  about: string;
  /**
   * `text`, `color` (`#rrggbb` or `#rrggbbaa`) or `number`.
   */
  kind: string;
  /**
   * Default, as it is written.
   */
  default: string;
  /**
   * Least value of a number.
   */
  min?: number | null;
  /**
   * Greatest value of a number.
   */
  max?: number | null;
}
/**
 * What is followed, and what follows it.
 */
export interface TrackRequest {
  /**
   * Id of the clip whose picture is searched.
   */
  clip: string;
  /**
   * A point in pixels of the composition's picture at the start of the range, from its top left
   * corner, right and down; instead of `plane`.
   *
   * @minItems 2
   * @maxItems 2
   */
  point?: [number, number] | null;
  /**
   * The corners of a flat surface, likewise: top left, top right, bottom right, bottom left as
   * seen on the surface; instead of `point`.
   *
   * @minItems 4
   * @maxItems 4
   */
  plane?: [[number, number], [number, number], [number, number], [number, number]] | null;
  /**
   * First frame, as a time of the composition; absent: the clip's first frame.
   */
  from?: string | null;
  /**
   * The end of the range, which is not part of it; absent: the clip's end.
   */
  to?: string | null;
  /**
   * What follows: `position:CLIP` (the clip moves along), `mask:MASK` (the mask's offset),
   * `effect:EFFECT:PARAM`. PARAM is `center` for the parameters `centerX` and `centerY`, likewise
   * for other pairs; `region` for `left`, `top`, `right` and `bottom`; `corners` for the corners
   * of a corner pin, from a plane.
   */
  apply?: string[];
  /**
   * The project file to write if anything follows; absent: the one that was read.
   */
  project_output?: string | null;
  /**
   * A JSON file for the report, with the positions of all frames.
   */
  output?: string | null;
  /**
   * Threads; 0 for one per core.
   */
  threads?: number;
  /**
   * Replace existing files.
   */
  overwrite?: boolean;
}
/**
 * Result of following.
 */
export interface TrackReport {
  /**
   * Clip id.
   */
  clip: string;
  /**
   * One entry per frame of the range, in order.
   */
  frames: TrackedFrame[];
  /**
   * Number of frames in which it was not found.
   */
  lost: number;
  /**
   * Number of frames in which it looked different from the first frame, so that errors may have
   * added up.
   */
  drifting: number;
  /**
   * What follows, with its number of keyframes.
   */
  applied: AppliedTrack[];
  /**
   * The project file written, if any.
   */
  project?: string | null;
  /**
   * Warnings about the files.
   */
  warnings: string[];
}
/**
 * Where it is in one frame.
 */
export interface TrackedFrame {
  /**
   * Frame number in the composition.
   */
  frame: number;
  /**
   * Time in the composition, in seconds.
   */
  time_secs: number;
  state: TrackState;
  /**
   * The point, or the four corners, in pixels of the composition's picture from its top left
   * corner; empty where the clip is not shown.
   */
  canvas_px: [number, number][];
  /**
   * The same as fractions of the width and height of the clip's upright picture.
   */
  fractions: [number, number][];
}
/**
 * What follows.
 */
export interface AppliedTrack {
  /**
   * As in the request.
   */
  apply: string;
  /**
   * Number of keyframes.
   */
  keyframes: number;
}
/**
 * How strict a check is.
 */
export interface ValidateRequest {
  /**
   * Whether unknown fields and times that look like a mistake are problems rather than notes.
   */
  strict?: boolean;
}
/**
 * Result of a check.
 */
export interface ValidateReport {
  /**
   * All problems, in document order; empty if the main composition can be exported.
   */
  problems: ApiError[];
  /**
   * Notes that are not errors: unknown fields, frames that transitions hold, irregularities of
   * files.
   */
  notes: string[];
  /**
   * Number of compositions in the project.
   */
  compositions: number;
  /**
   * Number of media files in the project.
   */
  media: number;
  /**
   * Number of frames of the main composition; 0 if there are problems.
   */
  frames: number;
  /**
   * Length of the main composition in seconds; 0 if there are problems.
   */
  duration_secs: number;
}
/**
 * Result of checking every file of the cache.
 */
export interface VerifyCacheReport {
  /**
   * Entries that are whole.
   */
  good: number;
  /**
   * Entries that were damaged and have been removed; they are made again when they are needed.
   */
  removed: number;
  /**
   * Files in the folder that do not belong to the cache; they were left alone.
   */
  foreign: number;
}
/**
 * The sound of a file to show.
 */
export interface WaveformRequest {
  /**
   * The media file.
   */
  file: string;
  /**
   * Number of the audio stream, from 0, as `probe` lists them.
   */
  stream?: number;
  /**
   * Number of columns, 1..=16384; absent: 1200.
   */
  width?: number | null;
  /**
   * Height of the picture in pixels; absent: 200.
   */
  height?: number | null;
  /**
   * The buckets of this level instead of columns: 0 for those of 256 samples, each further level has a
   * quarter as many.
   */
  level?: number | null;
  /**
   * The PNG file to write, on a transparent ground; absent: none.
   */
  output?: string | null;
  /**
   * Replace an existing file.
   */
  overwrite?: boolean;
}
/**
 * Peaks of the sound of a file. 1 is full scale.
 */
export interface WaveformReport {
  /**
   * Samples per second.
   */
  rate_hz: number;
  /**
   * Number of samples of each channel.
   */
  samples: number;
  /**
   * Samples that a bucket of each level stands for.
   */
  levels: number[];
  /**
   * Samples that each of the peaks stands for, the last of a level for fewer.
   */
  samples_per_peak: number;
  /**
   * Whether all of it is measured. If not, ask again: the peaks are the first ones of the whole waveform.
   */
  complete?: boolean;
  /**
   * Number of samples of each channel that the peaks stand for.
   */
  measured_samples?: number;
  /**
   * The peaks of each channel.
   */
  channels: ChannelPeaks[];
}
/**
 * The peaks of a channel, in order of time.
 */
export interface ChannelPeaks {
  /**
   * Least samples.
   */
  min: number[];
  /**
   * Largest samples.
   */
  max: number[];
  /**
   * Roots of the means of the squares.
   */
  rms: number[];
}
