using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.Api.Schema;
using Berth.ApiServer.Tables;
using Berth.ApiServer.Watch;
using Berth.ApiServer.Yaml;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Http;

/// <summary>Writes answers in the form that the client takes. Bodies that exist as bytes are passed on as they are.</summary>
internal static class ResponseWriter
{
    // As kube-apiserver: below this, compressing costs more than it saves.
    private const int CompressBytesMin = 128 * 1024;

    public static Task ObjectAsync(ApiRequest request, int code, CachedObject value, ResponseFormat format)
    {
        switch (format.Shape)
        {
            case ResponseShape.Table:
                return MessageAsync(request, code, TableResponse.Of(value.Kind, [value], ListMeta.Empty with { ResourceVersion = value.Value.Metadata.ResourceVersion }, TableOptions.Of(request)), format);
            case ResponseShape.Metadata:
                return MessageAsync(request, code, PartialObjectMetadata.Of(value.Value), format);
        }

        if (request.Audit is { TakesResponses: true } audit)
            audit.Answered(value.Json);
        return format.Encoding == WireEncoding.Protobuf
            ? AnswerAsync(request, code, format, Envelope(value.Kind.ApiVersion, value.Kind.Kind, value.Proto.Span))
            : JsonAsync(request, code, value.Json, format);
    }

    /// <summary>An answer that is not a stored object: Status, Scale, Table, reviews, ...</summary>
    public static Task MessageAsync(ApiRequest request, int code, IApiObject value, ResponseFormat format)
    {
        if (value is Status status)
            request.Audit?.Answered(status);
        else if (request.Audit is { TakesResponses: true } audit)
            audit.Answered(ApiJson.Serialize(value));
        return format.Encoding == WireEncoding.Protobuf
            ? AnswerAsync(request, code, format, ApiProto.Serialize(value))
            : JsonAsync(request, code, ApiJson.Serialize(value), format);
    }

    public static Task ListAsync(ApiRequest request, KindInfo kind, IReadOnlyList<CachedObject> items, ListMeta metadata, ResponseFormat format)
    {
        switch (format.Shape)
        {
            case ResponseShape.Table:
                return MessageAsync(request, 200, TableResponse.Of(kind, items, metadata, TableOptions.Of(request)), format);
            case ResponseShape.Metadata:
                return MessageAsync(request, 200, new PartialObjectMetadataList { Metadata = metadata, Items = items.Select(i => PartialObjectMetadata.Of(i.Value)).ToApiList() }, format);
            default:
                if (request.Audit is { TakesResponses: true } audit)
                    audit.Answered(JsonList(kind, items, metadata));
                return format.Encoding == WireEncoding.Protobuf
                    ? AnswerAsync(request, 200, format, ProtobufList(kind, items, metadata))
                    : JsonAsync(request, 200, JsonList(kind, items, metadata), format);
        }
    }

    public static Task StatusAsync(HttpContext http, Status status)
    {
        if (status.Details?.RetryAfterSeconds is > 0 and var seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var format = ResponseFormat.Negotiate(http.Request.Headers.Accept, shapes: false) ?? ResponseFormat.Json;
        return format.Encoding == WireEncoding.Protobuf
            ? BytesAsync(http, status.Code, format.ContentType, ApiProto.Serialize(status))
            : BytesAsync(http, status.Code, ResponseFormat.JsonType, Pretty(http, ApiJson.Serialize(status)));
    }

    /// <param name="format">JSON, or YAML into which the JSON is turned.</param>
    public static Task JsonAsync(ApiRequest request, int code, ReadOnlyMemory<byte> json, ResponseFormat format = default)
    {
        AddWarnings(request);
        return format.Encoding == WireEncoding.Yaml
            ? BytesAsync(request.Http, code, ResponseFormat.YamlType, JsonToYaml.Convert(json.Span))
            : BytesAsync(request.Http, code, ResponseFormat.JsonType, Pretty(request.Http, json));
    }

    /// <summary>Bytes in the form asked for, with the warnings that the request collected.</summary>
    private static Task AnswerAsync(ApiRequest request, int code, ResponseFormat format, ReadOnlyMemory<byte> protobuf)
    {
        AddWarnings(request);
        return BytesAsync(request.Http, code, format.ContentType, protobuf);
    }

    private static void AddWarnings(ApiRequest request)
    {
        foreach (var warning in request.Warnings)
            request.Http.Response.Headers.Append("Warning", Warning(warning));
    }

    public static async Task BytesAsync(HttpContext http, int code, string contentType, ReadOnlyMemory<byte> bytes)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, private";
        if (bytes.Length >= CompressBytesMin && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await gzip.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>An enveloped message from its bare bytes.</summary>
    public static byte[] Envelope(string apiVersion, string kind, ReadOnlySpan<byte> message)
    {
        var writer = new ProtoWriter(message.Length + 256);
        try
        {
            writer.String(4, "");
            writer.String(3, "");
            writer.Bytes(2, message);
            var before = writer.Length;
            writer.String(2, kind);
            writer.String(1, apiVersion);
            writer.Nest(1, before);
            writer.Raw("k8s\0"u8);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static ReadOnlyMemory<byte> JsonList(KindInfo kind, IReadOnlyList<CachedObject> items, ListMeta metadata)
    {
        var size = 512;
        foreach (var item in items)
            size += item.Json.Length + 1;
        var buffer = new ArrayBufferWriter<byte>(size);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind.ListKind);
            writer.WriteString("apiVersion"u8, kind.ApiVersion);
            writer.WritePropertyName("metadata"u8);
            metadata.WriteJson(writer);
            writer.WritePropertyName("items"u8);
            writer.Flush();
        }

        buffer.Write("["u8);
        // Items of a list do not repeat what the list says: all begin with the same kind and apiVersion.
        // Those of a custom resource do, as Kubernetes' clients are used to.
        var head = kind.IsCustom ? 1 : $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",".Length;
        for (var i = 0; i < items.Count; i++)
        {
            buffer.Write(i == 0 ? "{"u8 : ",{"u8);
            buffer.Write(items[i].Json.Span[head..]);
        }

        buffer.Write("]}"u8);
        return buffer.WrittenMemory;
    }

    private static byte[] ProtobufList(KindInfo kind, IReadOnlyList<CachedObject> items, ListMeta metadata)
    {
        var writer = new ProtoWriter(4096);
        try
        {
            for (var i = items.Count - 1; i >= 0; i--)
                writer.Bytes(2, items[i].Proto.Span);
            writer.Message(1, metadata);
            return Envelope(kind.ApiVersion, kind.Kind + "List", writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static ReadOnlyMemory<byte> Pretty(HttpContext http, ReadOnlyMemory<byte> json)
    {
        if (!WantsPretty(http.Request))
            return json;
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 512 });
        var buffer = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions with { Indented = true, NewLine = "\n" }))
            document.WriteTo(writer);
        return buffer.WrittenMemory;
    }

    private static bool WantsPretty(HttpRequest request)
    {
        if (request.Query.TryGetValue("pretty", out var asked))
            return RequestInfo.IsTrue(asked);
        // People look at these.
        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl/", StringComparison.Ordinal) || agent.StartsWith("Wget/", StringComparison.Ordinal) || agent.StartsWith("Mozilla/", StringComparison.Ordinal);
    }

    /// <summary>The value of a Warning header: one line of visible ASCII, the rest of the text is still readable.</summary>
    public static string Warning(string text)
    {
        var quoted = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c) : quoted.Append(c is < ' ' or > '~' ? '?' : c);
        return $"299 - \"{quoted}\"";
    }
}
