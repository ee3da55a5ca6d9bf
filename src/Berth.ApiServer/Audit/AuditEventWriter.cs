using System.Buffers;
using System.Net;
using System.Text.Json;
using Berth.Api;

namespace Berth.ApiServer.Audit;

/// <summary>One event of a request as <c>audit.k8s.io/v1</c> has it, on one line of JSON.</summary>
internal static class AuditEventWriter
{
    public static byte[] Write(AuditTrail trail, AuditStage stage, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + trail.RequestObject.Length + trail.ResponseObject.Length);
        using (var output = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            output.WriteStartObject();
            output.WriteString("kind"u8, "Event"u8);
            output.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
            output.WriteString("level"u8, trail.Level.ToString());
            output.WriteString("auditID"u8, trail.Id);
            output.WriteString("stage"u8, stage.ToString());
            output.WriteString("requestURI"u8, trail.RequestUri);
            output.WriteString("verb"u8, trail.Info.Verb);
            output.WritePropertyName("user"u8);
            (trail.User?.ToApi() ?? new()).WriteJson(output);
            if (trail.Impersonated is { } impersonated)
            {
                output.WritePropertyName("impersonatedUser"u8);
                impersonated.ToApi().WriteJson(output);
            }

            WriteSources(output, trail);
            if (trail.UserAgent is { Length: > 0 } agent)
                output.WriteString("userAgent"u8, agent);
            if (trail.Info.IsResource)
                WriteReference(output, trail);
            if (trail.Outcome is { } outcome)
            {
                output.WriteStartObject("responseStatus"u8);
                output.WriteStartObject("metadata"u8);
                output.WriteEndObject();
                Some(output, "status"u8, outcome.StatusValue);
                Some(output, "message"u8, outcome.Message);
                Some(output, "reason"u8, outcome.Reason);
                if (outcome.Details is { } details)
                {
                    output.WritePropertyName("details"u8);
                    details.WriteJson(output);
                }

                output.WriteNumber("code"u8, outcome.Code);
                output.WriteEndObject();
            }

            Raw(output, "requestObject"u8, trail.RequestObject);
            Raw(output, "responseObject"u8, trail.ResponseObject);
            output.WritePropertyName("requestReceivedTimestamp"u8);
            new MicroTime(trail.Received).WriteJson(output);
            output.WritePropertyName("stageTimestamp"u8);
            new MicroTime(now).WriteJson(output);
            if (trail.Annotations() is { Count: > 0 } annotations)
            {
                output.WriteStartObject("annotations"u8);
                foreach (var (key, value) in annotations)
                    output.WriteString(key, value);
                output.WriteEndObject();
            }

            output.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Where a request came from: what proxies say, then the peer of the connection. Only the last cannot be made up by the client.</summary>
    private static void WriteSources(Utf8JsonWriter output, AuditTrail trail)
    {
        var headers = trail.Http.Request.Headers;
        var sources = new List<string>();
        foreach (var one in headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(one, out var address))
                sources.Add(Text(address));
        }

        if (IPAddress.TryParse(headers["X-Real-Ip"].ToString(), out var real) && !sources.Contains(Text(real)))
            sources.Add(Text(real));
        if (trail.Http.Connection.RemoteIpAddress is { } peer && (sources.Count == 0 || sources[^1] != Text(peer)))
            sources.Add(Text(peer));
        if (sources.Count == 0)
            return;
        output.WriteStartArray("sourceIPs"u8);
        foreach (var source in sources)
            output.WriteStringValue(source);
        output.WriteEndArray();

        static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static void WriteReference(Utf8JsonWriter output, AuditTrail trail)
    {
        output.WriteStartObject("objectRef"u8);
        Some(output, "resource"u8, trail.Info.Resource);
        Some(output, "namespace"u8, trail.Namespace);
        Some(output, "name"u8, trail.Name);
        Some(output, "uid"u8, trail.Uid);
        Some(output, "apiGroup"u8, trail.Info.Group);
        Some(output, "apiVersion"u8, trail.Info.Version);
        Some(output, "resourceVersion"u8, trail.ResourceVersion);
        Some(output, "subresource"u8, trail.Info.Subresource);
        output.WriteEndObject();
    }

    private static void Some(Utf8JsonWriter output, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
            output.WriteString(name, value);
    }

    private static void Raw(Utf8JsonWriter output, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return;
        output.WritePropertyName(name);
        output.WriteRawValue(json.Span, skipInputValidation: true);
    }
}
