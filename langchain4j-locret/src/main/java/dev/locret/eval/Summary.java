package dev.locret.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
        List<String> tasks = outcomes.stream().map(Outcome::task).distinct().toList();
        List<Group> order = new ArrayList<>(groups.keySet());
        order.sort(Comparator.comparingInt((Group g) -> tasks.indexOf(g.task)).thenComparingInt(Group::length));
        List<Row> rows = new ArrayList<>();
        order.forEach(group -> {
            List<Outcome> members = groups.get(group);
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

    /** Sums over a document's questions of one kind. */
    private record Sums(int questions, double found, double fullFound) {}

    private Sums sums(Outcome outcome, String kind) {
        Outcome reference = full.get(document(outcome));
        int questions = 0;
        double found = 0;
        double fullFound = 0;
        for (int i = 0; i < outcome.answers().size(); i++) {
            Outcome.Answer answer = outcome.answers().get(i);
            if (kind.equals(Row.ALL) || kind.equals(answer.kind())) {
                questions++;
                found += answer.score();
                fullFound += reference == null ? 0 : reference.answers().get(i).score();
            }
        }
        return new Sums(questions, found, fullFound);
    }

    private Row row(Group group, List<Outcome> members, String kind) {
        List<Sums> documents = members.stream()
                .map(member -> sums(member, kind))
                .filter(s -> s.questions > 0)
                .toList();
        double[] each = documents.stream().mapToDouble(Sums::found).toArray();
        double[] eachFull = documents.stream().mapToDouble(Sums::fullFound).toArray();
        double[] eachAsked = documents.stream().mapToDouble(Sums::questions).toArray();
        int questions = documents.stream().mapToInt(Sums::questions).sum();
        double found = Arrays.stream(each).sum();
        double fullFound = Arrays.stream(eachFull).sum();
        boolean asked = questions > 0;
        boolean paired = members.stream().allMatch(m -> full.containsKey(document(m)));
        boolean compared = asked && paired && fullFound > 0;
        Wilson interval = asked ? Wilson.of(found, questions) : null;
        ClusterInterval byDocument = asked ? ClusterInterval.of(each, eachAsked) : null;
        ClusterInterval ofFull = compared && group.budget != 0 ? ClusterInterval.of(each, eachFull) : null;
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
                byDocument == null ? null : byDocument.low(),
                byDocument == null ? null : byDocument.high(),
                compared ? found / fullFound : null,
                ofFull == null ? null : ofFull.low(),
                ofFull == null ? null : ofFull.high(),
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
