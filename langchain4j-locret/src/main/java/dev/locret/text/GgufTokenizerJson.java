package dev.locret.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes the vocabulary of a GGUF file as a {@code tokenizer.json}. Tokens that are found whole are written under a
 * name that no text contains, and merges that would make one are left out.
 */
final class GgufTokenizerJson {
    /** Longest SentencePiece token that is cut in every way; the trainer's default limit is 16. */
    private static final int MAX_PIECE_CHARACTERS = 256;

    /** Most merges read, a small multiple of the largest vocabulary. */
    private static final int MAX_MERGES = 16_000_000;

    private final GgufMetadata metadata;
    private final List<String> texts;
    private final List<TokenKind> kinds;
    private final Map<String, Integer> ids;
    private final HiddenNames hidden = new HiddenNames();
    private final List<String> extraSymbols = new ArrayList<>();
    private final List<int[]> extraIds = new ArrayList<>();

    GgufTokenizerJson(GgufMetadata metadata, List<String> texts, List<TokenKind> kinds, Map<String, Integer> ids) {
        this.metadata = metadata;
        this.texts = texts;
        this.kinds = kinds;
        this.ids = ids;
    }

    private record Merge(String left, String right) {}

    /**
     * What the ids past the end of the vocabulary stand for: symbols that have no token of their own, but which the
     * library must know to merge as the model's own tokenizer does. Item {@code i} replaces the id {@code size + i}.
     */
    List<int[]> extraIds() {
        return extraIds;
    }

    String byteLevel(PreTokenizer pre) {
        List<Merge> merges = readMerges();
        addMissingBytes();
        return write(json -> {
            json.writeNullField("normalizer");
            json.writeObjectFieldStart("pre_tokenizer");
            json.writeStringField("type", "Sequence");
            json.writeArrayFieldStart("pretokenizers");
            for (String pattern : pre.patterns()) {
                json.writeStartObject();
                json.writeStringField("type", "Split");
                json.writeObjectFieldStart("pattern");
                json.writeStringField("Regex", pattern);
                json.writeEndObject();
                json.writeStringField("behavior", "Isolated");
                json.writeBooleanField("invert", false);
                json.writeEndObject();
            }
            json.writeStartObject();
            json.writeStringField("type", "ByteLevel");
            json.writeBooleanField("add_prefix_space", false);
            json.writeBooleanField("trim_offsets", false);
            json.writeBooleanField("use_regex", false);
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
            model(json, null, false, pre.ignoreMerges(), merges);
        });
    }

    String sentencePiece() {
        addMissingCharacters();
        List<Merge> merges = mergesOfScores();
        String unknown = null;
        for (int id = 0; id < texts.size() && unknown == null; id++) {
            unknown = kinds.get(id) == TokenKind.UNKNOWN ? hidden.name(id) : null;
        }
        String unknownName = unknown;
        return write(json -> {
            json.writeObjectFieldStart("normalizer");
            json.writeStringField("type", "Replace");
            json.writeObjectFieldStart("pattern");
            json.writeStringField("String", " ");
            json.writeEndObject();
            json.writeStringField("content", String.valueOf(Vocabulary.SPACE));
            json.writeEndObject();
            json.writeNullField("pre_tokenizer");
            model(json, unknownName, true, false, merges);
        });
    }

    /** Writes what lies between the outer braces. */
    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static String write(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            json.writeArrayFieldStart("added_tokens");
            json.writeEndArray();
            json.writeNullField("post_processor");
            json.writeNullField("decoder");
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void model(
            JsonGenerator json, String unknown, boolean byteFallback, boolean ignoreMerges, List<Merge> merges)
            throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "BPE");
        json.writeNullField("dropout");
        json.writeStringField("unk_token", unknown);
        json.writeNullField("continuing_subword_prefix");
        json.writeNullField("end_of_word_suffix");
        json.writeBooleanField("fuse_unk", false);
        json.writeBooleanField("byte_fallback", byteFallback);
        json.writeBooleanField("ignore_merges", ignoreMerges);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < texts.size(); id++) {
            json.writeNumberField(kinds.get(id).isWhole() ? hidden.name(id) : texts.get(id), id);
        }
        for (int i = 0; i < extraSymbols.size(); i++) {
            json.writeNumberField(extraSymbols.get(i), texts.size() + i);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        for (Merge merge : merges) {
            json.writeStartArray();
            json.writeString(merge.left());
            json.writeString(merge.right());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** A byte without a token keeps its neighbours apart and leaves nothing; unknown, the library would join them. */
    private void addMissingBytes() {
        for (int b = 0; b < 256; b++) {
            String symbol = String.valueOf(ByteLevel.character(b));
            Integer id = ids.get(symbol);
            if (id == null || kinds.get(id).isWhole()) {
                extraSymbols.add(symbol);
                extraIds.add(new int[0]);
            }
        }
    }

    /** A character that occurs in tokens only together with others: alone, it is written as its bytes. */
    private void addMissingCharacters() {
        int[] characters = IntStream.range(0, texts.size())
                .filter(this::isPiece)
                .flatMap(id -> texts.get(id).codePoints())
                .distinct()
                .toArray();
        for (int character : characters) {
            String symbol = Character.toString(character);
            if (ids.containsKey(symbol)) {
                continue;
            }
            extraSymbols.add(symbol);
            byte[] bytes = symbol.getBytes(StandardCharsets.UTF_8);
            int[] byteIds = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                String name = String.format("<0x%02X>", bytes[i]);
                Integer id = ids.get(name);
                if (id == null) {
                    throw metadata.failure(
                            "'" + symbol + "' occurs in tokens, but neither it nor its byte " + name + " is a token");
                }
                byteIds[i] = id;
            }
            extraIds.add(byteIds);
        }
    }

    private List<Merge> readMerges() {
        List<?> list = metadata.requiredList("merges");
        if (list.size() > MAX_MERGES) {
            throw metadata.failure("tokenizer.ggml.merges has " + list.size() + " items, allowed are " + MAX_MERGES);
        }
        List<Merge> merges = new ArrayList<>(list.size());
        Set<String> seen = new HashSet<>();
        for (int rank = 0; rank < list.size(); rank++) {
            String merge = metadata.item(list, "merges", rank);
            int space = merge.indexOf(' ', 1);
            if (space < 0 || space == merge.length() - 1) {
                throw metadata.failure("merge " + rank + " '" + merge + "' is not two tokens");
            }
            if (!seen.add(merge)) {
                throw metadata.failure("merge " + rank + " '" + merge + "' is there twice");
            }
            String left = merge.substring(0, space);
            String right = merge.substring(space + 1);
            boolean text = isText(left, rank, merge) & isText(right, rank, merge) & isText(left + right, rank, merge);
            if (text) {
                merges.add(new Merge(left, right));
            }
        }
        return merges;
    }

    /** Whether a token of a merge is plain text; one that the vocabulary lacks is an error. */
    private boolean isText(String token, int rank, String merge) {
        Integer id = ids.get(token);
        if (id == null) {
            throw metadata.failure(
                    "merge " + rank + " '" + merge + "' names '" + token + "', which is not in the vocabulary");
        }
        return !kinds.get(id).isWhole();
    }

    /**
     * SentencePiece joins the neighbours whose union has the best score. As merges: every way to cut a token into two
     * others, best score first, longer left part first, which is also how Hugging Face converts such vocabularies.
     */
    private List<Merge> mergesOfScores() {
        List<?> scores = metadata.parallelList("scores", texts.size());
        if (scores == null) {
            throw metadata.failure("tokenizer.ggml.scores is missing");
        }
        record Scored(Merge merge, double score) {}
        List<Scored> all = new ArrayList<>();
        for (int id = 0; id < texts.size(); id++) {
            Object score = scores.get(id);
            if (!(score instanceof Number) || Double.isNaN(((Number) score).doubleValue())) {
                throw metadata.failure("tokenizer.ggml.scores[" + id + "]=" + score + " is not a number");
            }
            String text = texts.get(id);
            if (!isPiece(id)) {
                continue;
            }
            if (text.length() > MAX_PIECE_CHARACTERS) {
                throw metadata.failure(
                        "token " + id + " has " + text.length() + " characters, allowed are " + MAX_PIECE_CHARACTERS);
            }
            for (int cut = text.offsetByCodePoints(0, 1); cut < text.length(); cut = text.offsetByCodePoints(cut, 1)) {
                Merge merge = new Merge(text.substring(0, cut), text.substring(cut));
                if (isSymbol(merge.left()) && isSymbol(merge.right())) {
                    all.add(new Scored(merge, ((Number) score).doubleValue()));
                }
            }
        }
        if (all.size() > MAX_MERGES) {
            throw metadata.failure("the vocabulary has " + all.size() + " merges, allowed are " + MAX_MERGES);
        }
        all.sort(Comparator.<Scored>comparingDouble(s -> -s.score())
                .thenComparing(s -> s.merge().left().length(), Comparator.reverseOrder()));
        return all.stream().map(Scored::merge).toList();
    }

    /** Whether a token takes part in merging; half surrogates cannot occur, since names are decoded from UTF-8. */
    private boolean isPiece(int id) {
        return !kinds.get(id).isWhole() && kinds.get(id) != TokenKind.BYTE;
    }

    private boolean isSymbol(String text) {
        Integer id = ids.get(text);
        return id == null ? text.codePointCount(0, text.length()) == 1 : isPiece(id);
    }
}
