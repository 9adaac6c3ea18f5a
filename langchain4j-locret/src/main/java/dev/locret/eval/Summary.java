package dev.locret.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Draws outcomes together into rows, full attention first. */
final class Summary {
    private record Group(String task, int length, String policy, int budget) {}

    private record Document(String task, int length, int sample) {}

    private final Map<Document, Outcome> full = new LinkedHashMap<>();

    private Summary(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome.policy().equals(Plan.FULL)) {
                full.put(document(outcome), outcome);
            }
        }
    }

    private static Document document(Outcome outcome) {
        return new Document(outcome.task(), outcome.length(), outcome.sample());
    }

    /** A row for each task, length, policy and budget, and one for each kind of question where there are several. */
    static List<Row> of(List<Outcome> outcomes) {
        Summary summary = new Summary(outcomes);
        Map<Group, List<Outcome>> groups = outcomes.stream()
                .collect(Collectors.groupingBy(
                        o -> new Group(o.task(), o.length(), o.policy(), o.budget()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        List<Row> rows = new ArrayList<>();
        groups.forEach((group, members) -> {
            rows.add(summary.row(group, members, Row.ALL));
            Set<String> kinds = members.stream()
                    .flatMap(o -> o.answers().stream())
                    .map(Outcome.Answer::kind)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (kinds.size() > 1) {
                kinds.forEach(kind -> rows.add(summary.row(group, members, kind)));
            }
        });
        return rows;
    }

    private Row row(Group group, List<Outcome> members, String kind) {
        int questions = 0;
        double found = 0;
        double fullFound = 0;
        boolean paired = true;
        for (Outcome member : members) {
            Outcome reference = full.get(document(member));
            paired &= reference != null;
            for (int i = 0; i < member.answers().size(); i++) {
                Outcome.Answer answer = member.answers().get(i);
                if (kind.equals(Row.ALL) || kind.equals(answer.kind())) {
                    questions++;
                    found += answer.score();
                    fullFound +=
                            reference == null ? 0 : reference.answers().get(i).score();
                }
            }
        }
        boolean asked = questions > 0;
        Wilson interval = asked ? Wilson.of(found, questions) : null;
        double read = members.stream().mapToDouble(Outcome::prefillSeconds).sum();
        long tokens = members.stream().mapToLong(Outcome::documentTokens).sum();
        return new Row(
                group.task,
                group.length,
                group.policy,
                group.budget,
                kind,
                members.size(),
                questions,
                found,
                asked ? found / questions : null,
                asked ? interval.low() : null,
                asked ? interval.high() : null,
                asked && paired && fullFound > 0 ? found / fullFound : null,
                asked && paired ? fullFound : null,
                asked ? null : nll(members),
                asked || !paired
                        ? null
                        : Math.exp(nll(members)
                                - nll(members.stream()
                                        .map(m -> full.get(document(m)))
                                        .toList())),
                tokens / Math.max(read, 1e-9),
                members.stream().mapToLong(Outcome::cacheBytes).max().orElse(0));
    }

    private static double nll(List<Outcome> members) {
        return -members.stream().mapToDouble(Outcome::logProbability).average().orElseThrow();
    }
}
