using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.Api.Schema;
using Berth.ApiServer.Apply;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Http;

/// <summary>From a request's body to the object in it, held to what the client asked for in <c>fieldValidation</c>.</summary>
internal static class BodyDecoder
{
    private const string AcceptedCustomTypes =
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml";

    private const string AcceptedTypes =
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf";

    public static Task<T> DecodeAsync<T>(ApiRequest request)
        where T : class, IApiObject<T> => DecodeAsync<T>(request, T.Kind);

    /// <param name="kind">What the body must be.</param>
    public static async Task<T> DecodeAsync<T>(ApiRequest request, KindInfo kind)
        where T : class, IApiObject<T>
    {
        var body = await RequestBody.ReadAsync(request.Http.Request).ConfigureAwait(false);
        var value = Decode<T>(request, kind, body, MediaType(request));
        request.Audit?.Asked(value);
        return value;
    }

    /// <summary>The body's media type, in lower case and without parameters; JSON where none is given.</summary>
    public static string MediaType(ApiRequest request)
    {
        var type = request.Http.Request.ContentType ?? "";
        var semicolon = type.IndexOf(';', StringComparison.Ordinal);
        type = (semicolon < 0 ? type : type[..semicolon]).Trim().ToLowerInvariant();
        return type.Length == 0 ? ResponseFormat.JsonType : type;
    }

    public static T Decode<T>(ApiRequest request, KindInfo kind, ReadOnlyMemory<byte> body, string mediaType)
        where T : class, IApiObject<T>
    {
        if (body.IsEmpty)
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): the body is empty");
        switch (mediaType)
        {
            case ResponseFormat.JsonType:
                return DecodeJson<T>(request, kind, body.Span);
            case ResponseFormat.YamlType:
                var repeated = new List<string>();
                var json = YamlBody.ToJson(body.Span, repeated);
                return DecodeJson<T>(request, kind, json, repeated.Count == 0 ? null : "yaml: unmarshal errors:\n  " + string.Join("\n  ", repeated));
            case ResponseFormat.ProtobufType when !kind.IsCustom:
                return DecodeProtobuf<T>(kind, body.Span);
            default:
                throw ApiStatusException.UnsupportedMediaType(kind.IsCustom ? AcceptedCustomTypes : AcceptedTypes);
        }
    }

    /// <summary>As <see cref="Decode"/> for JSON; also used for what patches make.</summary>
    /// <param name="problem">What the report is to begin with; null for nothing.</param>
    public static T DecodeJson<T>(ApiRequest request, KindInfo kind, ReadOnlySpan<byte> json, string? problem = null)
        where T : class, IApiObject<T>
    {
        var validation = FieldValidation(request);
        var report = validation == "Ignore" ? null : new DecodeReport();
        if (problem is not null)
            report?.Problem(problem);
        T value;
        try
        {
            CheckKind(json, kind);
            value = (T)kind.ReadJson(json, report);
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest(
                $"the object provided is unrecognized (must be of type {kind.Kind}): couldn't get version/kind; json parse error: {e.Message} ({Beginning(json)})");
        }
        catch (JsonFormatException e)
        {
            throw ApiStatusException.BadRequest($"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: json: {e.Message}");
        }

        Report(request, kind, validation, report);

        // An empty list asks to forget the owners; to a typed object it is the same as none.
        if (value.Metadata.ManagedFields.IsEmpty && json.IndexOf("\"managedFields\""u8) >= 0 && FieldManager.IsReset(JsonTree.Parse(json)))
            value = value.WithMetadata(value.Metadata with { ManagedFields = [ManagedFieldsEntry.Empty] });
        return value;
    }

    /// <summary>Turns what a decode passed over into an error or into warnings.</summary>
    private static void Report(ApiRequest request, KindInfo kind, string validation, DecodeReport? report)
    {
        if (report is null || report.Problems.Count == 0)
            return;
        if (validation == "Strict")
        {
            throw ApiStatusException.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: {string.Join(", ", report.Problems)}");
        }

        foreach (var problem in report.Problems)
            request.Warn(problem);
    }

    private static T DecodeProtobuf<T>(KindInfo kind, ReadOnlySpan<byte> body)
        where T : class, IApiObject<T>
    {
        try
        {
            var envelope = ApiProto.Open(body);
            CheckKind(envelope.ApiVersion, envelope.Kind, kind);
            var reader = new ProtoReader(envelope.Raw);
            return T.ReadProto(ref reader);
        }
        catch (ProtoFormatException e)
        {
            throw ApiStatusException.BadRequest($"the object provided is unrecognized (must be of type {kind.Kind}): {e.Message}");
        }
    }

    /// <summary>Options of a delete: from the body where there is one, else from the query.</summary>
    public static async Task<DeleteOptions> DeleteOptionsAsync(ApiRequest request)
    {
        var body = await RequestBody.ReadAsync(request.Http.Request).ConfigureAwait(false);
        var options = DeleteOptions.Empty;
        try
        {
            if (!body.IsEmpty)
            {
                options = MediaType(request) switch
                {
                    ResponseFormat.ProtobufType => ApiProto.Deserialize<DeleteOptions>(body.Span),
                    ResponseFormat.YamlType => ApiJson.Deserialize<DeleteOptions>(YamlBody.ToJson(body.Span)),
                    _ => ApiJson.Deserialize<DeleteOptions>(body.Span),
                };
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or ProtoFormatException)
        {
            throw ApiStatusException.BadRequest($"the delete options cannot be read: {e.Message}");
        }

        if (!body.IsEmpty && request.Audit is { TakesRequests: true } audit)
            audit.AskedFor(ApiJson.Serialize(options));
        var query = request.Query;
        if (options.GracePeriodSeconds is null && long.TryParse(query["gracePeriodSeconds"], out var grace))
            options = options with { GracePeriodSeconds = grace };
        if (options.PropagationPolicy is null && query["propagationPolicy"].ToString() is { Length: > 0 } policy)
            options = options with { PropagationPolicy = policy };
        if (options.OrphanDependents is null && query.ContainsKey("orphanDependents"))
            options = options with { OrphanDependents = RequestInfo.IsTrue(query["orphanDependents"]) };
        return options;
    }

    /// <exception cref="ApiStatusException">The value is none of the three.</exception>
    public static string FieldValidation(ApiRequest request)
    {
        var asked = request.Query["fieldValidation"].ToString();
        switch (asked)
        {
            case "":
                return "Warn";
            case "Strict" or "Warn" or "Ignore":
                return asked;
            default:
                var errors = new FieldErrors();
                errors.NotSupported("fieldValidation", asked, "", "Ignore", "Strict", "Warn");
                throw ApiStatusException.Invalid(MetaKinds.PatchOptions, "", errors);
        }
    }

    private static void CheckKind(ReadOnlySpan<byte> json, KindInfo expected)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
        string apiVersion = "", kind = "";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("apiVersion"u8);
            var isKind = !isVersion && reader.ValueTextEquals("kind"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && isVersion)
                apiVersion = reader.GetString()!;
            else if (reader.TokenType == JsonTokenType.String && isKind)
                kind = reader.GetString()!;
            else
                reader.Skip();
        }

        CheckKind(apiVersion, kind, expected);
    }

    private static void CheckKind(string apiVersion, string kind, KindInfo expected)
    {
        if (kind.Length > 0 && kind != expected.Kind)
        {
            throw ApiStatusException.BadRequest(
                $"{kind} in version \"{(apiVersion.Length == 0 ? expected.ApiVersion : apiVersion)}\" cannot be handled as a {expected.Kind}: the kind in the data does not match the resource on the URL");
        }

        if (apiVersion.Length > 0 && apiVersion != expected.ApiVersion)
        {
            throw ApiStatusException.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({expected.ApiVersion})");
        }
    }

    private static string Beginning(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json[..Math.Min(json.Length, 60)]);
}
