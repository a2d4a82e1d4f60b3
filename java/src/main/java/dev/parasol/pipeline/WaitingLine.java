package dev.parasol.pipeline;

import java.util.Comparator;
import java.util.TreeSet;

/** What one caller has waiting, the oldest first. Belongs to a {@link WaitingRoom}. */
final class WaitingLine {
    final TreeSet<Waiting> waiting = new TreeSet<>(Comparator.comparingLong(Waiting::sequence));
    /** Its place among the lines with something waiting: the lesser, the earlier its turn. */
    long turn;
}
