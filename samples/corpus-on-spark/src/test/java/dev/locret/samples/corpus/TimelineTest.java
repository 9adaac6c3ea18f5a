package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class TimelineTest {
    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void barsLieInTheLanesOfTheirExecutors() throws Exception {
        String svg = Timeline.svg(
                List.of(
                        new Timeline.Bar("0", "a <b> & 'c'", false, 1_000, 500),
                        new Timeline.Bar("1", "d", true, 1_250, 750)),
                Map.of("0", 1_500L));
        Document drawing = parsed(svg);
        assertThat(drawing.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("a <b> & 'c'");
        // 760 units are the second from the first start to the last end; a bar leaves one unit to the next.
        assertThat(svg)
                .contains("<rect x='110.0' y='40' width='379.0' height='22' rx='2' fill='#2563a8'>")
                .contains("<rect x='300.0' y='74' width='569.0' height='22' rx='2' fill='#c2410c'>")
                .contains("<path d='M490.0 45 ")
                .contains("2 documents in 1.0 s");
    }

    @Test
    void anExecutorThatAnsweredNothingHasALane() throws Exception {
        String svg = Timeline.svg(List.of(new Timeline.Bar("2", "a", false, 0, 0)), Map.of("10", 99L));
        assertThat(parsed(svg).getElementsByTagName("path").getLength()).isEqualTo(1);
        assertThat(svg.indexOf(">executor 2<")).isPositive().isLessThan(svg.indexOf(">executor 10<"));
    }
}
