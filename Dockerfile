# The program alone, static, on an empty root that can be mounted read-only.
ARG GO_VERSION=1.26.8
FROM golang:${GO_VERSION}-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# timetzdata puts the time zones into the binary: there is no /usr/share here.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags timetzdata -ldflags="-s -w" -o /out/invoicelink ./cmd/invoicelink \
 && mkdir -p /out/data /out/tmp && chmod 0700 /out/data && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/invoicelink /invoicelink
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
# What is kept between starts; everything else may be read-only.
VOLUME /data
ENV INVOICELINK_DATA=/data
# No port is exposed: serve listens on loopback until users and TLS, or a
# trusted proxy, are given.
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/invoicelink", "health"]
ENTRYPOINT ["/invoicelink"]
CMD ["serve"]
