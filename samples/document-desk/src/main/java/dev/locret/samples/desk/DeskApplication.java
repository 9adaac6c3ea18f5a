package dev.locret.samples.desk;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;

/** A desk for documents: put one down, have it read once, ask as often as you like. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class DeskApplication {
    public static void main(String[] arguments) {
        start(arguments);
    }

    static ConfigurableApplicationContext start(String... arguments) {
        // H2 refuses desk.data=here, unless told so; other files of the desk take it as everybody does.
        System.setProperty("h2.implicitRelativePath", "true");
        return SpringApplication.run(DeskApplication.class, arguments);
    }
}
