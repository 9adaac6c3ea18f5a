package dev.locret.text;

import dev.locret.text.TokenizerParts.FragmentEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads the tokenizer inside a GGUF file: byte-level BPE ({@code tokenizer.ggml.model} = {@code gpt2}) or SentencePiece
 * BPE ({@code llama}). Ids are those that llama.cpp gives.
 */
final class GgufTokenizer {
    /** Largest vocabulary read; published ones end at about 262,000 tokens. */
    private static final int MAX_TOKENS = 4_000_000;

    /** Longest token read; published ones end at about 1,000 characters (runs of blanks). */
    private static final int MAX_TOKEN_CHARACTERS = 65_536;

    /** {@code tokenizer.ggml.token_type} by value; 0 is not defined and read as normal. */
    private static final TokenKind[] KINDS = {
        TokenKind.NORMAL,
        TokenKind.NORMAL,
        TokenKind.UNKNOWN,
        TokenKind.CONTROL,
        TokenKind.USER_DEFINED,
        TokenKind.UNUSED,
        TokenKind.BYTE
    };

    private final GgufMetadata metadata;
    private final boolean byteLevel;
    private final List<String> texts;
    private final List<TokenKind> kinds;
    private final Map<String, Integer> ids;

    private GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
        String model = metadata.string("model");
        if (model == null || !model.equals("gpt2") && !model.equals("llama")) {
            throw metadata.failure("tokenizer.ggml.model=" + model
                    + " is not supported, known are gpt2 (byte-level BPE) and llama (SentencePiece BPE)");
        }
        byteLevel = model.equals("gpt2");
        texts = new ArrayList<>();
        ids = new HashMap<>();
        readTexts();
        kinds = readKinds();
    }

    static TokenizerParts read(Map<String, ?> values, String source, String preTokenizer) {
        return new GgufTokenizer(new GgufMetadata(values, source)).parts(preTokenizer);
    }

    private void readTexts() {
        List<?> list = metadata.requiredList("tokens");
        if (list.isEmpty() || list.size() > MAX_TOKENS) {
            throw metadata.failure("tokenizer.ggml.tokens has " + list.size() + " items, allowed are 1.." + MAX_TOKENS);
        }
        for (int id = 0; id < list.size(); id++) {
            String text = metadata.item(list, "tokens", id);
            if (text.length() > MAX_TOKEN_CHARACTERS) {
                throw metadata.failure(
                        "token " + id + " has " + text.length() + " characters, allowed are " + MAX_TOKEN_CHARACTERS);
            }
            if (text.isEmpty()) {
                text = "[EMPTY_" + id + "]";
            }
            Integer other = ids.putIfAbsent(text, id);
            if (other != null) {
                throw metadata.failure("token '" + text + "' has two ids, " + other + " and " + id);
            }
            texts.add(text);
        }
    }

    private List<TokenKind> readKinds() {
        List<?> types = metadata.parallelList("token_type", texts.size());
        List<TokenKind> result = new ArrayList<>(texts.size());
        for (int id = 0; id < texts.size(); id++) {
            Object type = types == null ? (Object) 1L : types.get(id);
            if (!(type instanceof Long) || (Long) type < 0 || (Long) type >= KINDS.length) {
                throw metadata.failure("tokenizer.ggml.token_type[" + id + "]=" + type + " is unknown, known are 0.."
                        + (KINDS.length - 1));
            }
            TokenKind kind = KINDS[(int) (long) (Long) type];
            // Some files call <|im_end|> and the like normal text.
            result.add(EndTokens.contains(texts.get(id)) ? TokenKind.CONTROL : kind);
        }
        return result;
    }

    private TokenizerParts parts(String preTokenizerOverride) {
        int size = texts.size();
        GgufTokenizerJson json = new GgufTokenizerJson(metadata, texts, kinds, ids);
        boolean addsBosByDefault = !byteLevel;
        String text;
        if (byteLevel) {
            String name = preTokenizerOverride != null ? preTokenizerOverride : metadata.string("pre");
            PreTokenizer pre = PreTokenizer.named(name, metadata.source());
            addsBosByDefault = pre.addsBos();
            text = json.byteLevel(pre);
        } else {
            text = json.sentencePiece();
        }
        NativeTokenizer library = NativeTokenizer.of(text, metadata.source());
        boolean addsSpace = metadata.flag("add_space_prefix", !byteLevel);
        boolean removesSpace = addsSpace && !byteLevel;

        int bos = metadata.tokenId("bos_token_id", size);
        if (bos < 0 && !byteLevel) {
            bos = ids.getOrDefault("<s>", -1);
        }
        boolean addsBos = metadata.flag("add_bos_token", addsBosByDefault && bos >= 0);
        if (addsBos && bos < 0) {
            throw metadata.failure("tokenizer.ggml.add_bos_token is true, but tokenizer.ggml.bos_token_id is missing");
        }
        int eos = metadata.tokenId("eos_token_id", size);
        List<Integer> ends = endIds(size);
        return new TokenizerParts(
                metadata.source(),
                new Vocabulary(List.copyOf(texts), List.copyOf(kinds), byteLevel),
                specials(),
                encoder(library, size, json.extraIds(), removesSpace),
                bos,
                addsBos,
                ends.isEmpty() || eos >= 0 ? eos : ends.get(0),
                ends,
                removesSpace);
    }

    private static FragmentEncoder encoder(NativeTokenizer library, int size, List<int[]> extraIds, boolean addsSpace) {
        return (text, first, afterToken, out) -> {
            String prefixed = addsSpace && (first || afterToken) ? " " + text : text;
            for (long id : library.encode(prefixed)) {
                if (id < size) {
                    out.add((int) id);
                } else {
                    for (int replacement : extraIds.get((int) id - size)) {
                        out.add(replacement);
                    }
                }
            }
        };
    }

    private SpecialTokens specials() {
        Object name = metadata.values().get("general.name");
        String model = name instanceof String ? ((String) name).toLowerCase(Locale.ROOT) : "";
        // Phi-3 was trained with tokens that swallow the white space behind them; the file has no place to say so.
        boolean phi3 = model.contains("phi-3") || model.contains("phi3");
        List<SpecialTokens.Token> whole = new ArrayList<>();
        for (int id = 0; id < texts.size(); id++) {
            TokenKind kind = kinds.get(id);
            String text = texts.get(id);
            if (kind.isWhole()) {
                boolean keepsSpace = text.equals("<unk>") || text.equals("<s>") || text.equals("<|endoftext|>");
                whole.add(new SpecialTokens.Token(id, text, kind.isSpecial(), false, phi3 && !keepsSpace));
            }
        }
        return new SpecialTokens(whole, metadata.source());
    }

    private List<Integer> endIds(int size) {
        TreeSet<Integer> ends = new TreeSet<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            int id = metadata.tokenId(key, size);
            if (id >= 0) {
                ends.add(id);
            }
        }
        for (int id = 0; id < size; id++) {
            if (EndTokens.contains(texts.get(id))) {
                ends.add(id);
            }
        }
        return List.copyOf(ends);
    }
}
