package dev.locret.samples.desk;

/** A file that the desk does not take. The message is for its user. */
class RejectedUploadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RejectedUploadException(String message) {
        super(message);
    }

    RejectedUploadException(String message, Throwable cause) {
        super(message, cause);
    }
}
