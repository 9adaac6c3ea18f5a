package dev.locret.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"locret " + (version == null ? "(built from classes)" : version)};
    }
}
