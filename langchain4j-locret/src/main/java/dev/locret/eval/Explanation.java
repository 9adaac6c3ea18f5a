package dev.locret.eval;

import dev.locret.engine.LocretEngine;
import dev.locret.engine.TraceResult;
import dev.locret.text.ChatTemplate;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a cache kept of a document when its question came, as a page: passages are shaded by the share of their entries
 * that KV heads kept, all of them together or one that the reader chooses.
 */
public final class Explanation {
    /** A smaller step of a share is not told. */
    private static final double STEP = 0.05;

    private static final String STYLE =
            "<style>.text{white-space:pre-wrap;line-height:1.7}.text span{border-radius:3px}"
                    + ".choice{position:sticky;top:0;background:#fff;padding:.3rem 0}.local{outline:1px dashed #888}.pinned{outline:1px solid #46a}</style>\n";
    /** Shades again when a head is chosen. Counts are in base 36, by head, two digits a passage. */
    private static final String SCRIPT = "<script>const s=document.getElementById('head');s.onchange=()=>{"
            + "document.querySelectorAll('span[data-k]').forEach(e=>{const n=+e.dataset.n,h=+s.value,k=e.dataset.k;"
            + "const c=h<0?+e.dataset.s:parseInt(k.substr(2*h,2),36)/n;"
            + "e.style.background='hsla(45,100%,50%,'+c+')';});};</script>\n";

    private final LocretEngine engine;
    private final TraceResult trace;
    private final int[] tokens;
    private final int local;
    private final String question;

    private Explanation(LocretEngine engine, TraceResult trace, int[] tokens, int local, String question) {
        this.engine = engine;
        this.trace = trace;
        this.tokens = tokens;
        this.local = local;
        this.question = question;
    }

    /** Tokens of a question and what follows it, as many as the engine must plan as local tokens. */
    public static int localTokens(Tokenizer tokenizer, Optional<ChatTemplate> template, String question) {
        return SplitPrompt.of(tokenizer, template, "document", question).question().length;
    }

    /**
     * Reads a document and answers a question with an engine that was loaded with {@link #localTokens} for it.
     *
     * @param maxTokens most tokens of the answer
     */
    public static Explanation of(LocretEngine engine, String document, String question, int maxTokens) {
        SplitPrompt prompt = SplitPrompt.of(engine.tokenizer(), engine.chatTemplate(), document, question);
        int[] tokens = IntStream.concat(IntStream.of(prompt.document()), IntStream.of(prompt.question()))
                .toArray();
        TraceResult trace = engine.trace(tokens, maxTokens, false);
        return new Explanation(engine, trace, tokens, prompt.question().length, question);
    }

    /** The answer. */
    public String answer() {
        return engine.tokenizer().decode(trace.generated(), true).strip();
    }

    /** The page. */
    public String html() {
        List<Passages.Passage> passages = Passages.of(engine.tokenizer(), tokens);
        List<double[]> shares = new ArrayList<>();
        for (TraceResult.Chunk chunk : trace.chunks()) {
            shares.add(shares(passages, chunk.kept()));
        }
        StringBuilder body = new StringBuilder(STYLE);
        body.append(Html.note("Question: " + question)).append(Html.note("Answer: " + answer()));
        body.append(Html.note("Policy " + engine.policyName() + ", "
                + engine.cachePlan().budget()
                + " entries kept per KV head of " + tokens.length + " tokens. The yellower a passage, the more of its"
                + " entries were kept after the last eviction. Dashed: local tokens, read after it. Outlined: pinned."
                + " Point at a passage to see when it was dropped."));
        body.append(choice()).append("<p class=\"text\">");
        int[][][] last = trace.chunks().isEmpty() ? new int[0][][] : lastChunk().kept();
        String[] counts = counts(passages, last);
        for (int i = 0; i < passages.size(); i++) {
            body.append(span(passages.get(i), i, shares, counts[i]));
        }
        return Html.page(
                "What the cache kept", body.append("</p>\n").append(SCRIPT).toString());
    }

    private TraceResult.Chunk lastChunk() {
        return trace.chunks().get(trace.chunks().size() - 1);
    }

    private String choice() {
        StringBuilder select = new StringBuilder(
                "<p class=\"choice\">Shade by <select id=\"head\"><option value=\"-1\">all heads</option>");
        int kvHeads = engine.config().kvHeads();
        for (int head = 0; head < engine.config().layers() * kvHeads; head++) {
            select.append("<option value=\"").append(head).append("\">layer ").append(head / kvHeads);
            select.append(", head ").append(head % kvHeads).append("</option>");
        }
        return select.append("</select></p>\n").toString();
    }

    /** Entries that each head kept of each passage, two digits of base 36 a head. */
    private static String[] counts(List<Passages.Passage> passages, int[][][] kept) {
        StringBuilder[] text = new StringBuilder[passages.size()];
        for (int i = 0; i < text.length; i++) {
            text[i] = new StringBuilder();
        }
        for (int[][] layer : kept) {
            for (int[] head : layer) {
                int[] count = Passages.count(passages, head);
                for (int i = 0; i < text.length; i++) {
                    text[i].append(count[i] < 36 ? "0" : "").append(Integer.toString(count[i], 36));
                }
            }
        }
        return java.util.Arrays.stream(text).map(StringBuilder::toString).toArray(String[]::new);
    }

    /** Share of its entries that each passage still has. */
    private static double[] shares(List<Passages.Passage> passages, int[][][] kept) {
        double[] shares = new double[passages.size()];
        int heads = 0;
        for (int[][] layer : kept) {
            for (int[] head : layer) {
                int[] count = Passages.count(passages, head);
                for (int i = 0; i < shares.length; i++) {
                    shares[i] += count[i];
                }
                heads++;
            }
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /=
                    (double) heads * (passages.get(i).end() - passages.get(i).begin());
        }
        return shares;
    }

    private String span(Passages.Passage passage, int index, List<double[]> shares, String counts) {
        if (passage.end() > tokens.length - local) {
            return "<span class=\"local\" title=\"local: never evicted\">" + Html.text(passage.text()) + "</span>";
        }
        double share = shares.isEmpty() ? 1 : shares.get(shares.size() - 1)[index];
        // An outline around nothing is a stroke.
        boolean pinned = passage.begin() < engine.cachePlan().pinnedTokens()
                && !passage.text().isBlank();
        return String.format(
                Locale.ROOT,
                "<span%s title=\"%s\" data-n=\"%d\" data-s=\"%.3f\" data-k=\"%s\" style=\"background:hsla(45,100%%,50%%,%.3f)\">%s</span>",
                pinned ? " class=\"pinned\"" : "",
                history(passage, index, shares),
                passage.end() - passage.begin(),
                share,
                counts,
                share,
                Html.text(passage.text()));
    }

    /** The share after each chunk that changed it. */
    private String history(Passages.Passage passage, int index, List<double[]> shares) {
        StringBuilder text = new StringBuilder("tokens " + passage.begin() + " to " + (passage.end() - 1) + "; kept");
        double before = 2;
        for (int chunk = 0; chunk < shares.size(); chunk++) {
            double share = shares.get(chunk)[index];
            boolean read = trace.chunks().get(chunk).end() >= passage.end();
            if (read && before - share >= STEP) {
                int end = trace.chunks().get(chunk).end();
                text.append(String.format(Locale.ROOT, " %.0f %% after %d tokens,", 100 * share, end));
                before = share;
            }
        }
        return text.substring(0, text.length() - (text.charAt(text.length() - 1) == ',' ? 1 : 0));
    }
}
