using System.Text.Json;
using Berth.Api;

namespace Berth.ApiServer.Authentication;

/// <summary>Name and uid of an object that a token speaks of.</summary>
public sealed record ObjectClaim(string Name, string Uid);

/// <summary>
/// What a service-account token says, in the layout of Kubernetes' bound tokens; or, with <see cref="IsLegacy"/>, in that
/// of the tokens kept in Secrets, which never expire.
/// </summary>
public sealed record ServiceAccountClaims
{
    /// <summary>The issuer of tokens kept in Secrets.</summary>
    public const string LegacyIssuer = "kubernetes/serviceaccount";

    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    public ApiList<string> Audiences { get; init; } = [];

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public string TokenId { get; init; } = "";

    public required string Namespace { get; init; }

    public required ObjectClaim ServiceAccount { get; init; }

    public ObjectClaim? Pod { get; init; }

    /// <summary>The uid is empty in legacy tokens.</summary>
    public ObjectClaim? Secret { get; init; }

    public ObjectClaim? Node { get; init; }

    public bool IsLegacy => Issuer == LegacyIssuer;

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ApiJson.WriterOptions))
        {
            writer.WriteStartObject();
            if (IsLegacy) WriteLegacy(writer);
            else WriteBound(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null when the payload is not that of a service-account token.</summary>
    public static ServiceAccountClaims? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            return Text(root, "iss") == LegacyIssuer ? ReadLegacy(root) : ReadBound(root);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private void WriteBound(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("aud"u8);
        foreach (var audience in Audiences) writer.WriteStringValue(audience);
        writer.WriteEndArray();
        WriteTime(writer, "exp", Expires);
        WriteTime(writer, "iat", IssuedAt);
        writer.WriteString("iss"u8, Issuer);
        writer.WriteString("jti"u8, TokenId);
        writer.WriteStartObject("kubernetes.io"u8);
        writer.WriteString("namespace"u8, Namespace);
        WriteObject(writer, "node", Node);
        WriteObject(writer, "pod", Pod);
        WriteObject(writer, "secret", Secret);
        WriteObject(writer, "serviceaccount", ServiceAccount);
        writer.WriteEndObject();
        WriteTime(writer, "nbf", NotBefore);
        writer.WriteString("sub"u8, Subject);
    }

    private void WriteLegacy(Utf8JsonWriter writer)
    {
        writer.WriteString("iss"u8, Issuer);
        writer.WriteString("kubernetes.io/serviceaccount/namespace"u8, Namespace);
        writer.WriteString("kubernetes.io/serviceaccount/secret.name"u8, Secret?.Name);
        writer.WriteString("kubernetes.io/serviceaccount/service-account.name"u8, ServiceAccount.Name);
        writer.WriteString("kubernetes.io/serviceaccount/service-account.uid"u8, ServiceAccount.Uid);
        writer.WriteString("sub"u8, Subject);
    }

    private static ServiceAccountClaims? ReadBound(JsonElement root)
    {
        if (!root.TryGetProperty("kubernetes.io"u8, out var own) || own.ValueKind != JsonValueKind.Object) return null;
        if (Reference(own, "serviceaccount") is not { } account) return null;
        return new()
        {
            Issuer = Text(root, "iss"),
            Subject = Text(root, "sub"),
            Audiences = TextsOf(root, "aud"),
            Expires = TimeOf(root, "exp"),
            IssuedAt = TimeOf(root, "iat"),
            NotBefore = TimeOf(root, "nbf"),
            TokenId = Text(root, "jti"),
            Namespace = Text(own, "namespace"),
            ServiceAccount = account,
            Pod = Reference(own, "pod"),
            Secret = Reference(own, "secret"),
            Node = Reference(own, "node"),
        };
    }

    private static ServiceAccountClaims ReadLegacy(JsonElement root) => new()
    {
        Issuer = LegacyIssuer,
        Subject = Text(root, "sub"),
        Namespace = Text(root, "kubernetes.io/serviceaccount/namespace"),
        ServiceAccount = new(Text(root, "kubernetes.io/serviceaccount/service-account.name"), Text(root, "kubernetes.io/serviceaccount/service-account.uid")),
        Secret = new(Text(root, "kubernetes.io/serviceaccount/secret.name"), ""),
    };

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static ApiList<string> TextsOf(JsonElement owner, string name) =>
        !owner.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw new JsonException($"{name} holds a {e.ValueKind}"))]
        : throw new JsonException($"{name} is a {value.ValueKind}");

    private static DateTimeOffset? TimeOf(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) ? DateTimeOffset.FromUnixTimeSeconds((long)value.GetDouble()) : null;

    private static ObjectClaim? Reference(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? new(Text(value, "name"), Text(value, "uid")) : null;

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time) writer.WriteNumber(name, time.ToUnixTimeSeconds());
    }

    private static void WriteObject(Utf8JsonWriter writer, string name, ObjectClaim? claim)
    {
        if (claim is null) return;
        writer.WriteStartObject(name);
        writer.WriteString("name"u8, claim.Name);
        writer.WriteString("uid"u8, claim.Uid);
        writer.WriteEndObject();
    }
}
