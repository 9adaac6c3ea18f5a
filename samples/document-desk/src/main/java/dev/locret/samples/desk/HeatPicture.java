package dev.locret.samples.desk;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/** A heat map as a picture: a square for each token, or for some tokens in a row, line by line. */
final class HeatPicture {
    private static final int COLUMNS = 128;
    private static final int MAX_ROWS = 256;
    private static final int SIDE = 7;

    private final double[] squares;

    HeatPicture(HeatMap map) {
        double[] shares = map.shares();
        int tokensEach = (shares.length + COLUMNS * MAX_ROWS - 1) / (COLUMNS * MAX_ROWS);
        squares = new double[(shares.length + tokensEach - 1) / tokensEach];
        for (int i = 0; i < squares.length; i++) {
            int end = Math.min(shares.length, (i + 1) * tokensEach);
            for (int token = i * tokensEach; token < end; token++) {
                squares[i] += shares[token] / (end - i * tokensEach);
            }
        }
    }

    private int width() {
        return COLUMNS * SIDE;
    }

    private int height() {
        return (squares.length + COLUMNS - 1) / COLUMNS * SIDE;
    }

    /** From nearly white for what no head kept to dark blue for what all of them did; half shares can be told apart too. */
    static Color shade(double share) {
        double t = Math.sqrt(share);
        return new Color((int) Math.round(244 - t * (244 - 12)), (int) Math.round(246 - t * (246 - 52)), (int)
                Math.round(248 - t * (248 - 105)));
    }

    byte[] png() {
        BufferedImage image = new BufferedImage(width(), height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        for (int i = 0; i < squares.length; i++) {
            graphics.setColor(shade(squares[i]));
            graphics.fillRect(i % COLUMNS * SIDE, i / COLUMNS * SIDE, SIDE - 1, SIDE - 1);
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    String svg() {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">"
                        + "<title>What the cache kept, token by token</title>%n",
                width(),
                height(),
                width(),
                height()));
        for (int i = 0; i < squares.length; i++) {
            Color color = shade(squares[i]);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>%n",
                    i % COLUMNS * SIDE,
                    i / COLUMNS * SIDE,
                    SIDE - 1,
                    SIDE - 1,
                    color.getRGB() & 0xffffff));
        }
        return svg.append("</svg>\n").toString();
    }
}
