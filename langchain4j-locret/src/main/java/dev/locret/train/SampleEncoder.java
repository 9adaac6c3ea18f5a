package dev.locret.train;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.Tokenizer;
import dev.locret.train.Recipe.LabelTokens;
import dev.locret.train.SampleText.Kind;
import dev.locret.train.SampleText.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns samples into tokens, as prompts of the model are written, and finds which tokens are what. */
final class SampleEncoder {
    /** Most tokens at the end of a text that label those before them. */
    private static final int CONTINUATION = 256;

    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final LabelTokens labelTokens;

    /**
     * @param template the model's, or empty for a model without, which gets the plain texts
     */
    SampleEncoder(Tokenizer tokenizer, Optional<ChatTemplate> template, LabelTokens labelTokens) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.labelTokens = labelTokens;
    }

    /** Tokens {@code [begin, end)} of a text. */
    private record Range(Kind kind, int begin, int end) {
        IntStream tokens() {
            return IntStream.range(begin, end);
        }
    }

    /** A character of a span. */
    private record Place(int span, int at) {}

    /**
     * @throws LocretException ({@code training-data}) if the template changed the contents so that a part of them is not
     *     found
     */
    TrainingSample encode(SampleText sample) {
        List<PromptSpan> spans = render(sample.messages());
        int[] tokens = tokenizer.encodePrompt(spans);
        List<Range> ranges = ranges(sample, spans, tokens.length);
        if (labelTokens == LabelTokens.LATER) {
            return later(sample, tokens, kept(ranges));
        }
        List<Range> labels = labelTokens == LabelTokens.ANSWER ? answers(ranges) : turns(ranges);
        if (labels.isEmpty()) {
            return continued(sample, tokens, ranges);
        }
        int scored = labelTokens == LabelTokens.ANSWER ? labels.get(0).begin() : contextEnd(ranges);
        return new TrainingSample(
                sample.source(),
                tokens,
                kept(ranges),
                scored,
                labels.stream().flatMapToInt(Range::tokens).toArray());
    }

    /** Everything is scored that something comes after. */
    private TrainingSample later(SampleText sample, int[] tokens, int kept) {
        int first = Math.min(tokens.length, kept + labelTokens.distance());
        return new TrainingSample(
                sample.source(),
                tokens,
                kept,
                Math.max(kept, tokens.length - labelTokens.distance()),
                IntStream.range(first, tokens.length).toArray());
    }

    /**
     * A text of which nothing is asked: its end says what going on with it needs. What stands right in front of the end gets
     * no score: it is attended to for its nearness, which the inputs of the heads do not tell.
     */
    private static TrainingSample continued(SampleText sample, int[] tokens, List<Range> ranges) {
        Range text = ranges.isEmpty() ? new Range(Kind.CONTEXT, 0, 0) : ranges.get(0);
        int end = Math.min(CONTINUATION, (text.end() - text.begin()) / 4);
        return new TrainingSample(
                sample.source(),
                Arrays.copyOf(tokens, text.end()),
                0,
                text.end() - 2 * end,
                IntStream.range(text.end() - end, text.end()).toArray());
    }

    private static List<Range> answers(List<Range> ranges) {
        return ranges.stream().filter(range -> range.kind() == Kind.ANSWER).toList();
    }

    /**
     * From each question to the end of its answer. What the template writes between them belongs to it: there the model
     * decides how to begin, which takes attention that neither the question nor the answer pays.
     */
    private static List<Range> turns(List<Range> ranges) {
        List<Range> turns = new ArrayList<>();
        int begin = -1;
        for (Range range : ranges) {
            if (range.kind() == Kind.QUESTION) {
                begin = range.begin();
            } else if (range.kind() == Kind.ANSWER) {
                turns.add(new Range(Kind.ANSWER, begin < 0 ? range.begin() : begin, range.end()));
                begin = -1;
            }
        }
        return turns;
    }

    /** Tokens of the longest answer. */
    int longestAnswer(SampleText sample) {
        return sample.parts().stream()
                .filter(part -> part.kind() == Kind.ANSWER)
                .mapToInt(part -> tokenizer.encode(part.text(), false).length)
                .max()
                .orElse(0);
    }

    /** All that stands in front of what is read for a question. */
    private static int kept(List<Range> ranges) {
        for (int i = 0; i < ranges.size() - 1; i++) {
            if (ranges.get(i).kind() == Kind.QUESTION_IN_FRONT) {
                return ranges.get(i + 1).begin();
            }
        }
        return 0;
    }

    private static int contextEnd(List<Range> ranges) {
        return ranges.stream()
                .filter(range -> range.kind() == Kind.CONTEXT || range.kind() == Kind.OTHER)
                .mapToInt(Range::end)
                .max()
                .orElse(0);
    }

    private List<PromptSpan> render(List<Map<String, String>> messages) {
        if (template.isEmpty()) {
            String text = messages.stream().map(m -> m.get("content")).collect(Collectors.joining("\n\n"));
            return List.of(new PromptSpan(text, false));
        }
        Map<String, Object> context = ChatTemplate.context(messages, null, tokenizer);
        context.put("add_generation_prompt", false);
        return template.get().render(context);
    }

    private List<Range> ranges(SampleText sample, List<PromptSpan> spans, int total) {
        List<Range> ranges = new ArrayList<>();
        Place place = new Place(0, 0);
        for (Part part : sample.parts()) {
            if (!part.text().isEmpty()) {
                Place begin = find(spans, place, part, sample.source());
                place = new Place(begin.span(), begin.at() + part.text().length());
                ranges.add(new Range(part.kind(), total - tail(spans, begin), total - tail(spans, place)));
            }
        }
        return ranges;
    }

    /** The next place in what messages wrote where a part begins. */
    private static Place find(List<PromptSpan> spans, Place from, Part part, String source) {
        for (int i = from.span(); i < spans.size(); i++) {
            int at = spans.get(i).text().indexOf(part.text(), i == from.span() ? from.at() : 0);
            if (at >= 0 && !spans.get(i).trusted()) {
                return new Place(i, at);
            }
        }
        throw new LocretException(
                ErrorId.TRAINING_DATA,
                "train: the chat template does not write the "
                        + part.kind().name().toLowerCase(Locale.ROOT) + " as it is: " + source);
    }

    /** Tokens of what follows a place. */
    private int tail(List<PromptSpan> spans, Place place) {
        List<PromptSpan> tail = new ArrayList<>();
        tail.add(new PromptSpan(spans.get(place.span()).text().substring(place.at()), false));
        tail.addAll(spans.subList(place.span() + 1, spans.size()));
        return tokenizer.encodePrompt(tail).length - (tokenizer.addsBos() ? 1 : 0);
    }
}
