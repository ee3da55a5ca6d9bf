using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Http;

public enum WireEncoding
{
    Json,
    Protobuf,
    Yaml,
}

public enum ResponseShape
{
    /// <summary>The object or list itself.</summary>
    Object,

    /// <summary><c>meta.k8s.io/v1 Table</c>, as kubectl prints it.</summary>
    Table,

    /// <summary><c>meta.k8s.io/v1 PartialObjectMetadata</c>, or the list of them.</summary>
    Metadata,
}

/// <summary>In which form the client takes the answer, chosen from its Accept header.</summary>
public readonly record struct ResponseFormat(WireEncoding Encoding, ResponseShape Shape)
{
    public const string JsonType = "application/json";
    public const string ProtobufType = "application/vnd.kubernetes.protobuf";
    public const string YamlType = "application/yaml";

    public static ResponseFormat Json { get; } = new(WireEncoding.Json, ResponseShape.Object);

    public string ContentType => Encoding switch
    {
        WireEncoding.Protobuf => ProtobufType,
        WireEncoding.Yaml => YamlType,
        _ => JsonType,
    };

    /// <summary>As <see cref="ContentType"/>, for a stream of watch events.</summary>
    public string StreamContentType => Encoding == WireEncoding.Protobuf ? ProtobufType + ";stream=watch" : ContentType;

    /// <summary>The first clause that the server can serve wins; clauses are tried by falling <c>q</c>.</summary>
    /// <param name="streams">Watches cannot be YAML.</param>
    /// <param name="custom">Custom resources have no protobuf form of their own; their metadata has.</param>
    /// <returns>Null when none can be served.</returns>
    public static ResponseFormat? Negotiate(string? accept, bool shapes = true, bool streams = false, bool custom = false)
    {
        if (string.IsNullOrWhiteSpace(accept))
            return Json;
        foreach (var clause in Clauses(accept))
        {
            if (Match(clause, shapes, streams) is { } format && !(custom && format is { Encoding: WireEncoding.Protobuf, Shape: ResponseShape.Object }))
                return format;
        }

        return null;
    }

    /// <summary>As <see cref="Negotiate"/>.</summary>
    /// <exception cref="ApiStatusException">406.</exception>
    public static ResponseFormat For(HttpRequest request, bool shapes = true, bool streams = false, bool custom = false) =>
        Negotiate(request.Headers.Accept, shapes, streams, custom) ?? throw ApiStatusException.NotAcceptable(
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf"
            + (streams ? ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch" : ""));

    /// <summary>The clauses of an Accept header by falling quality, each as its type and parameters.</summary>
    internal static IEnumerable<(string Type, Dictionary<string, string> Parameters)> Clauses(string accept)
    {
        var clauses = new List<(string Type, Dictionary<string, string> Parameters, double Quality)>();
        foreach (var part in accept.Split(','))
        {
            var pieces = part.Split(';');
            var type = pieces[0].Trim().ToLowerInvariant();
            if (type.Length == 0)
                continue;
            var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
            double quality = 1;
            foreach (var piece in pieces.Skip(1))
            {
                var equals = piece.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0)
                    continue;
                var (key, value) = (piece[..equals].Trim(), piece[(equals + 1)..].Trim());
                if (key == "q")
                    quality = double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var q) ? q : 1;
                else
                    parameters[key] = value;
            }

            clauses.Add((type, parameters, quality));
        }

        return clauses.Where(c => c.Quality > 0).OrderByDescending(c => c.Quality).Select(c => (c.Type, c.Parameters));
    }

    private static ResponseFormat? Match((string Type, Dictionary<string, string> Parameters) clause, bool shapes, bool streams)
    {
        WireEncoding encoding;
        switch (clause.Type)
        {
            case JsonType or "*/*" or "application/*":
                encoding = WireEncoding.Json;
                break;
            case ProtobufType:
                encoding = WireEncoding.Protobuf;
                break;
            case YamlType when !streams:
                encoding = WireEncoding.Yaml;
                break;
            default:
                return null;
        }

        if (clause.Parameters.TryGetValue("stream", out var stream) && !(streams && stream == "watch"))
            return null;
        if (!clause.Parameters.TryGetValue("as", out var shape))
            return new(encoding, ResponseShape.Object);
        if (!shapes || clause.Parameters.GetValueOrDefault("g") != "meta.k8s.io" || clause.Parameters.GetValueOrDefault("v") != "v1")
            return null;
        return shape switch
        {
            // A table's cells have no protobuf form.
            "Table" when encoding != WireEncoding.Protobuf => new(encoding, ResponseShape.Table),
            "PartialObjectMetadata" or "PartialObjectMetadataList" => new(encoding, ResponseShape.Metadata),
            _ => null,
        };
    }
}
