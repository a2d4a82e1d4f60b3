package dev.parasol.pipeline;

import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pieces of a recording where a detector finds speech: its segments, merged where that was asked for, and divided where they are
 * too long. Samples and frames are held for the segment that is running, and where segments are merged for the piece that is not
 * finished; that is bounded by the longest segment and the length of a piece, whatever the recording. Merged pieces hold
 * pauses; one that is nothing but a pause is left out when it is longer than a piece may be.
 */
final class VadPieces implements PieceSource {
    private final FrameTrack frames;
    private final FloatTrack samples;
    private final VadStream detector;
    private final SegmentSplitter splitter;
    /** Null where segments are not merged. */
    private final SegmentMerger merger;
    private Segment latest;
    private Segment previous;
    /** Pieces that hold only if there is another segment. */
    private final List<SpeechPiece> held = new ArrayList<>();

    /** @param start where to go on; what is accepted begins with {@link SourceState#fromSample} then */
    VadPieces(VoiceDetector detector, TranscribeOptions options, Optional<SourceState> start) {
        this.frames = new FrameTrack(start.map(state -> (long) state.vad().tellFrom()).orElse(0L));
        this.samples = new FloatTrack(start.map(SourceState::fromSample).orElse(0L));
        this.detector = detector.open(frames::add);
        this.splitter = new SegmentSplitter(options.thresholdMs());
        this.merger = options.mergeVad() ? new SegmentMerger(options.mergeLengthMs()) : null;
        start.ifPresent(this::restore);
    }

    private void restore(SourceState state) {
        detector.restore(state.vad());
        if (merger != null) {
            merger.restore(state.merger());
            latest = state.merger().latest();
            previous = state.merger().previous();
        }
    }

    @Override
    public Optional<SourceState> state() {
        if (!detector.resting() || !held.isEmpty() || merger != null && merger.single() != null) {
            return Optional.empty();
        }
        long firstFrame = needed(detector.settled()) / EndpointConfig.FRAME_MS;
        return Optional.of(SourceState.of(detector.state(firstFrame), merger == null ? null : new SourceState.Merger(merger.cut(), merger.last(), latest, previous)));
    }

    @Override
    public List<SpeechPiece> accept(float[] block, int count) {
        samples.add(block, 0, count);
        List<SpeechPiece> pieces = pieces(detector.accept(block, 0, count));
        long settled = detector.settled();
        if (merger != null) {
            merger.before(settled);
            pieces.addAll(decided(cut(merger.take())));
        }
        long needed = needed(settled);
        frames.dropBefore(needed);
        samples.dropBefore(needed * SpeechPiece.PER_MS);
        return pieces;
    }

    @Override
    public List<SpeechPiece> finish() {
        List<SpeechPiece> pieces = pieces(detector.finish());
        if (merger != null) {
            merger.finish();
            pieces.addAll(decided(cut(merger.take())));
            held.stream().filter(piece -> piece.place().endMs() > latest.startMs())
                    .forEach(piece -> pieces.add(piece.place().startMs() < latest.startMs() ? piece.from(latest.startMs()) : piece));
            held.clear();
        }
        return pieces;
    }

    private List<SpeechPiece> pieces(List<Segment> segments) {
        if (merger == null) {
            return cut(segments);
        }
        List<SpeechPiece> pieces = new ArrayList<>();
        for (Segment segment : segments) {
            previous = latest;
            latest = segment;
            merger.add(segment);
            pieces.addAll(decided(cut(merger.take())));
        }
        return pieces;
    }

    /** What is known to hold of what was held back and {@code pieces}. */
    private List<SpeechPiece> decided(List<SpeechPiece> pieces) {
        held.addAll(pieces);
        if (merger.single() != null) {
            return List.of();
        }
        List<SpeechPiece> decided = List.copyOf(held);
        held.clear();
        return decided;
    }

    private List<SpeechPiece> cut(List<Segment> segments) {
        List<SpeechPiece> pieces = new ArrayList<>();
        for (Segment segment : segments) {
            if (!longPause(segment)) {
                splitter.split(segment, frames).forEach(part -> pieces.add(piece(part, part.startMs() > segment.startMs())));
            }
        }
        return pieces;
    }

    /** A piece that is longer than pieces are merged to has no segment's beginning or end within: it is a segment itself or a pause. */
    private boolean longPause(Segment merged) {
        return merger != null && merged.lengthMs() > splitter.limitMs() && !merged.equals(latest) && !merged.equals(previous);
    }

    private SpeechPiece piece(Segment part, boolean continues) {
        return new SpeechPiece(new PiecePlace(part.startMs(), part.endMs(), 0, 0, continues),
                samples.copy(part.startMs() * SpeechPiece.PER_MS, Math.min(part.endMs() * SpeechPiece.PER_MS, samples.end())));
    }

    /** Nothing before this, in milliseconds, becomes part of a piece. */
    private long needed(long settled) {
        if (merger == null || !merger.holdsSpeech() && settled - merger.cut() > splitter.limitMs()) {
            return settled;
        }
        return Math.min(merger.cut(), settled);
    }
}
