package dev.parasol.tools.quantize;

import dev.parasol.tools.data.DataException;
import dev.parasol.weights.LinearScheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Chooses a scheme for each layer within a budget. The schemes that are allowed come in the order of preference, the fastest first. */
public final class SchemeChoice {
    private final List<Candidate> candidates;
    private final List<LinearScheme> allowed;

    public SchemeChoice(List<Candidate> candidates, List<LinearScheme> allowed) {
        this.candidates = List.copyOf(candidates);
        this.allowed = List.copyOf(allowed);
    }

    /** One layer moved from a scheme to the next. */
    private record Move(Candidate candidate, LinearScheme to) {}

    /** Every layer has the scheme that is preferred. */
    public Map<Linear, LinearScheme> preferred() {
        return with(List.of());
    }

    /** Every layer has the first scheme whose damage is at most {@code most}, or else the one of least damage. */
    public Map<Linear, LinearScheme> withDamage(double most) {
        Map<Linear, LinearScheme> schemes = new LinkedHashMap<>();
        for (Candidate candidate : candidates) {
            LinearScheme best = allowed.get(0);
            for (LinearScheme scheme : allowed) {
                if (candidate.damage().get(best) > most && candidate.damage().get(scheme) < candidate.damage().get(best)) {
                    best = scheme;
                }
            }
            schemes.put(candidate.linear(), best);
        }
        return schemes;
    }

    /**
     * Begins with what takes most bytes and does least damage, and makes the change of least added damage per byte saved until all layers together
     * take at most {@code most} bytes.
     *
     * @throws DataException when they never do
     */
    public Map<Linear, LinearScheme> withBytes(long most) {
        Map<Linear, LinearScheme> schemes = new LinkedHashMap<>();
        candidates.forEach(c -> schemes.put(c.linear(), largest(c)));
        long bytes = candidates.stream().mapToLong(c -> c.bytes(schemes.get(c.linear()))).sum();
        while (bytes > most) {
            Move best = null;
            double least = Double.POSITIVE_INFINITY;
            for (Candidate candidate : candidates) {
                LinearScheme now = schemes.get(candidate.linear());
                for (LinearScheme scheme : allowed) {
                    long saved = candidate.bytes(now) - candidate.bytes(scheme);
                    double price = (candidate.damage().get(scheme) - candidate.damage().get(now)) / saved;
                    if (saved > 0 && price < least) {
                        least = price;
                        best = new Move(candidate, scheme);
                    }
                }
            }
            if (best == null) {
                throw new DataException("the linear layers take at least " + bytes + " bytes, and " + Math.max(0, most) + " are left for them: expected a larger budget");
            }
            bytes -= best.candidate.bytes(schemes.get(best.candidate.linear())) - best.candidate.bytes(best.to);
            schemes.put(best.candidate.linear(), best.to);
        }
        return schemes;
    }

    private LinearScheme largest(Candidate candidate) {
        LinearScheme largest = allowed.get(0);
        for (LinearScheme scheme : allowed) {
            long more = candidate.bytes(scheme) - candidate.bytes(largest);
            if (more > 0 || more == 0 && candidate.damage().get(scheme) < candidate.damage().get(largest)) {
                largest = scheme;
            }
        }
        return largest;
    }

    /**
     * Begins with what is preferred, and moves the layer that is damaged most to the next scheme that damages it less, as seldom as {@code good} allows;
     * the number of moves is found by bisection, as if more moves were never worse.
     *
     * @param good whether a choice is good enough; asked about as often as the number of moves has binary digits
     * @throws DataException when not even all moves are enough
     */
    public Map<Linear, LinearScheme> until(Predicate<Map<Linear, LinearScheme>> good) {
        Map<Linear, LinearScheme> chosen = preferred();
        if (good.test(chosen)) {
            return chosen;
        }
        List<Move> moves = moves();
        int bad = 0;
        int enough = moves.size();
        chosen = with(moves);
        if (!good.test(chosen)) {
            throw new DataException("no choice of schemes is within the error budget: expected a larger one, or fp16 among --schemes");
        }
        while (enough - bad > 1) {
            int middle = (bad + enough) / 2;
            Map<Linear, LinearScheme> tried = with(moves.subList(0, middle));
            if (good.test(tried)) {
                enough = middle;
                chosen = tried;
            } else {
                bad = middle;
            }
        }
        return chosen;
    }

    private List<Move> moves() {
        Map<Candidate, LinearScheme> now = new LinkedHashMap<>();
        candidates.forEach(c -> now.put(c, allowed.get(0)));
        List<Move> moves = new ArrayList<>();
        while (true) {
            Move worst = null;
            double most = Double.NEGATIVE_INFINITY;
            for (Candidate candidate : candidates) {
                double damage = candidate.damage().get(now.get(candidate));
                LinearScheme next = next(candidate, now.get(candidate));
                if (next != null && damage > most) {
                    most = damage;
                    worst = new Move(candidate, next);
                }
            }
            if (worst == null) {
                return moves;
            }
            now.put(worst.candidate, worst.to);
            moves.add(worst);
        }
    }

    private LinearScheme next(Candidate candidate, LinearScheme now) {
        return allowed.subList(allowed.indexOf(now) + 1, allowed.size()).stream()
                .filter(scheme -> candidate.damage().get(scheme) < candidate.damage().get(now)).findFirst().orElse(null);
    }

    private Map<Linear, LinearScheme> with(List<Move> moves) {
        Map<Linear, LinearScheme> schemes = new LinkedHashMap<>();
        candidates.forEach(c -> schemes.put(c.linear(), allowed.get(0)));
        moves.forEach(move -> schemes.put(move.candidate.linear(), move.to));
        return schemes;
    }
}
