package dev.locret.samples.desk;

import dev.locret.engine.LocretEngine;
import java.security.Principal;
import java.util.List;
import java.util.UUID;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was kept of a document: {@code layer} and {@code head} choose one of each, or -1 for all. */
@RestController
@RequestMapping("/api/documents/{id}")
class HeatController {
    /** As a browser wants it. */
    record View(int layers, int heads, List<HeatMap.Cell> cells) {}

    private final Desk desk;
    private final LocretEngine engine;

    HeatController(Desk desk, LocretEngine engine) {
        this.desk = desk;
        this.engine = engine;
    }

    @GetMapping("/heat")
    View heat(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "-1") int layer,
            @RequestParam(defaultValue = "-1") int head,
            Principal user) {
        HeatMap map = map(desk.read(id, user), layer, head);
        return new View(map.layers(), map.heads(), map.cells());
    }

    @GetMapping("/heat.png")
    ResponseEntity<byte[]> png(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "-1") int layer,
            @RequestParam(defaultValue = "-1") int head,
            Principal user) {
        DeskDocument document = desk.read(id, user);
        return download(document, ".png", MediaType.IMAGE_PNG, new HeatPicture(map(document, layer, head)).png());
    }

    @GetMapping("/heat.svg")
    ResponseEntity<String> svg(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "-1") int layer,
            @RequestParam(defaultValue = "-1") int head,
            Principal user) {
        DeskDocument document = desk.read(id, user);
        MediaType type = MediaType.parseMediaType("image/svg+xml");
        return download(document, ".svg", type, new HeatPicture(map(document, layer, head)).svg());
    }

    private HeatMap map(DeskDocument document, int layer, int head) {
        return HeatMap.of(engine.contexts().content(document.context()), engine.tokenizer(), layer, head);
    }

    private static <T> ResponseEntity<T> download(DeskDocument document, String ending, MediaType type, T body) {
        String name = document.name().replaceAll("[^A-Za-z0-9._-]", "_") + ending;
        return ResponseEntity.ok()
                .contentType(type)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name).build().toString())
                .body(body);
    }
}
