package dev.locret.samples.desk;

import dev.locret.common.LocretException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Tells what went wrong, as RFC 9457 has it. */
@RestControllerAdvice
class Failures extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    @ExceptionHandler
    ProblemDetail rejected(RejectedUploadException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail wrong(IllegalArgumentException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail database(DataAccessException e) {
        LOG.error("Database failed", e);
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "The database cannot be reached, try again later");
    }

    @ExceptionHandler
    ProblemDetail engine(LocretException e) {
        LOG.warn("Engine refused", e);
        // Its messages are for operators: they name files, and the contexts of others.
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "The model cannot do this now");
    }

    @Override
    protected ResponseEntity<Object> handleMaxUploadSizeExceededException(
            MaxUploadSizeExceededException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(
                HttpStatus.CONTENT_TOO_LARGE, "This file is larger than the desk takes");
        return handleExceptionInternal(e, detail, headers, HttpStatus.CONTENT_TOO_LARGE, request);
    }
}
