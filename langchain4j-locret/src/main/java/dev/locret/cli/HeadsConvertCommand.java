package dev.locret.cli;

import dev.locret.common.Checks;
import dev.locret.eviction.HeadKind;
import dev.locret.format.HeadsFile;
import dev.locret.format.SafetensorsWriter;
import dev.locret.format.TorchWriter;
import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes heads in the other file format. */
@Command(
        name = "convert",
        description =
                "Convert trained heads between safetensors and the PyTorch files in which authors publish theirs.",
        footer = {
            "",
            "OUT ends in .safetensors, or in .bin, .pth or .pt for PyTorch. Names and values stay as they are.",
            "--json prints {\"heads\", \"kind\", \"tensors\"}."
        })
final class HeadsConvertCommand extends LocretCommand {
    private static final String SAFETENSORS = ".safetensors";

    @Parameters(index = "0", paramLabel = "IN", description = "Safetensors or PyTorch file, path or hf: source.")
    private String source;

    @Parameters(index = "1", paramLabel = "OUT", description = "File to write.")
    private Path target;

    /** As printed. */
    private record Result(String heads, String kind, int tensors) {}

    @Override
    void run(Output output) {
        String name = target.getFileName().toString();
        boolean torch = name.endsWith(".bin") || name.endsWith(".pth") || name.endsWith(".pt");
        Checks.argument(
                torch || name.endsWith(SAFETENSORS),
                () -> "unknown ending: output=" + name + ", allowed=.safetensors, .bin, .pth, .pt");
        Path path = Sources.resolve(source, output);
        Map<String, HostTensor> tensors = HeadsFile.open(path);
        HeadKind kind = HeadKind.of(tensors.keySet(), path.toString());
        Map<String, String> metadata = HeadsFile.metadata(path);
        if (torch) {
            TorchWriter.write("heads", target, tensors.values());
            if (!metadata.isEmpty()) {
                output.note(
                        "PyTorch files have no place for metadata, left out: " + String.join(", ", metadata.keySet()));
            }
        } else {
            SafetensorsWriter.write("heads", target, tensors.values(), metadata);
        }
        if (output.isJson()) {
            output.json(new Result(target.toString(), kind.policy(), tensors.size()));
        } else {
            output.line(tensors.size() + " tensors of " + kind.policy() + " heads: " + target);
        }
    }
}
