package dev.locret.samples.desk;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** A desk for documents: put one down, have it read once, ask as often as you like. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class DeskApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(DeskApplication.class, arguments);
    }
}
