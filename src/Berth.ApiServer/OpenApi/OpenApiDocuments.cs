using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Discovery;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.OpenApi;

/// <summary>
/// OpenAPI documents of what is served: version 3 with an index and a document per group and version, version 2 with all in
/// one. Each is made when it is first asked for, then kept. Safe for concurrent use.
/// </summary>
/// <param name="served">What is served; must not change any more.</param>
/// <param name="version">Version of the API, such as <c>v1.36.2</c>.</param>
/// <param name="others">How other servers describe versions that they answer for.</param>
/// <param name="before">Of what was served before: documents of versions that are the same are taken from there.</param>
public sealed class OpenApiDocuments(ServedGroups served, string version, IReadOnlyList<ForeignOpenApi>? others = null, OpenApiDocuments? before = null)
{
    // Bodies that are only ever read: no validation, no indentation.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ConcurrentDictionary<string, Lazy<OpenApiDocument?>> _v3 = Unchanged(served, before);
    private readonly ServedGroups _served = served;
    private readonly IReadOnlyList<ForeignOpenApi> _others = others ?? [];
    private readonly Lock _buildV2 = new();
    private byte[]? _index;
    private OpenApiDocument? _v2;

    /// <summary>The index of version 3: where each document is, with its hash.</summary>
    public byte[] V3Index => _index ??= WriteIndex();

    public OpenApiDocument V2
    {
        get
        {
            lock (_buildV2)
                return _v2 ??= new OpenApiDocument(WriteV2(), GnosticV2.Document);
        }
    }

    /// <summary>Document of <c>api/v1</c>, <c>apis/apps/v1</c>, ...; null when there is no such.</summary>
    public OpenApiDocument? V3(string name)
    {
        // Unknown names are not remembered: anybody can make up any number of them.
        if (!Names().Contains(name))
            return null;
        if (_others.FirstOrDefault(o => o.Name == name) is { } other)
            return other.V3;
        return _v3.GetOrAdd(name, n => new Lazy<OpenApiDocument?>(() =>
            WriteV3(n) is { } json ? new OpenApiDocument(json, GnosticV3.Document) : null)).Value;
    }

    private IEnumerable<string> Names()
    {
        yield return "version";
        yield return "apis";
        foreach (var group in _served.Groups)
        {
            yield return group.Name.Length == 0 ? "api" : $"apis/{group.Name}";
            foreach (var v in group.Versions)
                yield return group.Name.Length == 0 ? $"api/{v.Version}" : $"apis/{group.Name}/{v.Version}";
        }

        foreach (var other in _others.Where(o => o.V3 is not null))
            yield return other.Name;
    }

    private static ConcurrentDictionary<string, Lazy<OpenApiDocument?>> Unchanged(ServedGroups served, OpenApiDocuments? before)
    {
        var kept = new ConcurrentDictionary<string, Lazy<OpenApiDocument?>>(StringComparer.Ordinal);
        foreach (var (name, document) in before?._v3 ?? [])
        {
            var parts = name.Split('/');
            var (group, version) = parts is ["api", var core] ? ("", core) : parts is ["apis", var g, var v] ? (g, v) : ("", "");

            // Those of no version say only that something is there.
            if (version.Length == 0 || Kinds(served, group, version).SequenceEqual(Kinds(before!._served, group, version)))
                kept[name] = document;
        }

        return kept;

        static IEnumerable<(Berth.Api.Schema.KindInfo, int)> Kinds(ServedGroups served, string group, string version) =>
            served.Find(group)?.Versions.FirstOrDefault(v => v.Version == version)?.Resources.Select(r => (r.Kind, r.Subresources.Count)) ?? [];
    }

    private byte[] WriteIndex() => Write(output =>
    {
        output.WriteStartObject();
        output.WriteStartObject("paths");
        foreach (var name in Names().Order(StringComparer.Ordinal))
        {
            output.WriteStartObject(name);
            output.WriteString("serverRelativeURL", $"/openapi/v3/{name}?hash={V3(name)!.Hash}");
            output.WriteEndObject();
        }

        output.WriteEndObject();
        output.WriteEndObject();
    });

    private byte[]? WriteV3(string name)
    {
        var parts = name.Split('/');
        return parts switch
        {
            ["version"] => WriteV3([ServedPaths.Discovery("/version/", "version", WellKnownSchemas.VersionInfo)], [new(WellKnownSchemas.VersionInfo, [])]),
            ["apis"] => WriteV3([ServedPaths.Discovery("/apis/", "apis", WellKnownSchemas.ApiGroupList)], [Discovered(WellKnownSchemas.ApiGroupList)]),
            ["api"] => WriteV3([ServedPaths.Discovery("/api/", "core", WellKnownSchemas.ApiVersions)], [Discovered(WellKnownSchemas.ApiVersions)]),
            ["apis", var group] => WriteV3([ServedPaths.Discovery($"/apis/{group}/", group, WellKnownSchemas.ApiGroup)], [Discovered(WellKnownSchemas.ApiGroup)]),
            ["api", var v] => WriteVersion("", v),
            ["apis", var group, var v] => WriteVersion(group, v),
            _ => null,
        };
    }

    private byte[]? WriteVersion(string group, string version) =>
        _served.Find(group)?.Versions.FirstOrDefault(v => v.Version == version) is { } found
            ? WriteV3(ServedPaths.Of(group, found), [.. ServedPaths.Definitions(found), .. Shared([new(group, version, "")])])
            : null;

    private byte[] WriteV3(IEnumerable<PathSpec> paths, IReadOnlyList<Definition> definitions) => Write(output =>
    {
        var definitionWriter = new DefinitionWriter(output, OpenApiDialect.V3);
        output.WriteStartObject();
        output.WriteString("openapi", "3.0.0");
        WriteInfo(output);
        WritePaths(output, OpenApiDialect.V3, definitionWriter, paths);
        output.WriteStartObject("components");
        output.WriteStartObject("schemas");
        definitionWriter.WriteAll(definitions);
        output.WriteEndObject();
        output.WriteStartObject("securitySchemes");
        WriteSecurity(output);
        output.WriteEndObject();
        output.WriteEndObject();
        output.WriteEndObject();
    });

    private byte[] WriteV2()
    {
        var own = WriteOwnV2();
        if (_others.All(o => o.V2 is null))
            return own;
        var document = (JsonObject)JsonTree.Parse(own)!;
        foreach (var part in _others.Select(o => o.V2).OfType<byte[]>())
            SwaggerMerge.Add(document, (JsonObject)JsonTree.Parse(part)!);
        return JsonTree.ToBytes(document);
    }

    private byte[] WriteOwnV2() => Write(output =>
    {
        var versions = _served.Groups.SelectMany(g => g.Versions.Select(v => (Group: g.Name, Version: v))).ToList();
        var definitionWriter = new DefinitionWriter(output, OpenApiDialect.V2);
        output.WriteStartObject();
        output.WriteString("swagger", "2.0");
        WriteInfo(output);
        var paths = versions.SelectMany(v => ServedPaths.Of(v.Group, v.Version))
            .Concat(_served.Groups.Select(g => g.Name.Length == 0
                ? ServedPaths.Discovery("/api/", "core", WellKnownSchemas.ApiVersions)
                : ServedPaths.Discovery($"/apis/{g.Name}/", g.Name, WellKnownSchemas.ApiGroup)))
            .Append(ServedPaths.Discovery("/apis/", "apis", WellKnownSchemas.ApiGroupList))
            .Append(ServedPaths.Discovery("/version/", "version", WellKnownSchemas.VersionInfo));
        WritePaths(output, OpenApiDialect.V2, definitionWriter, paths);
        output.WriteStartObject("definitions");
        definitionWriter.WriteAll(
        [
            .. versions.SelectMany(v => ServedPaths.Definitions(v.Version)),
            .. Shared([.. versions.Select(v => new GroupVersionKind(v.Group, v.Version.Version, ""))]),
            Discovered(WellKnownSchemas.ApiGroupList), Discovered(WellKnownSchemas.ApiVersions), Discovered(WellKnownSchemas.ApiGroup),
            new(WellKnownSchemas.VersionInfo, []),
        ]);
        output.WriteEndObject();
        output.WriteStartObject("securityDefinitions");
        WriteSecurity(output);
        output.WriteEndObject();
        output.WriteStartArray("security");
        output.WriteStartObject();
        output.WriteStartArray("BearerToken");
        output.WriteEndArray();
        output.WriteEndObject();
        output.WriteEndArray();
        output.WriteEndObject();
    });

    /// <summary>Types that every version uses; delete options and watch events count as kinds of each.</summary>
    private static IEnumerable<Definition> Shared(IReadOnlyList<GroupVersionKind> versions)
    {
        IReadOnlyList<GroupVersionKind> Everywhere(string kind) =>
            [.. versions.Append(new GroupVersionKind("", "v1", "")).Distinct().Select(v => v with { Kind = kind })];
        return
        [
            new(DeleteOptions.Schema, Everywhere("DeleteOptions")),
            new(WellKnownSchemas.WatchEvent, Everywhere("WatchEvent")),
            new(Status.Schema, [new("", "v1", "Status")]),
            Discovered(WellKnownSchemas.ApiResourceList),
            new(WellKnownSchemas.Patch, []),
        ];
    }

    private static Definition Discovered(Berth.Api.Schema.MessageSchema schema) =>
        new(schema, [new("", "v1", schema.Name[(schema.Name.LastIndexOf('.') + 1)..])]);

    private void WriteInfo(Utf8JsonWriter output)
    {
        output.WriteStartObject("info");
        output.WriteString("title", "Kubernetes");
        output.WriteString("version", version);
        output.WriteEndObject();
    }

    private static void WritePaths(Utf8JsonWriter output, OpenApiDialect dialect, DefinitionWriter definitions, IEnumerable<PathSpec> paths)
    {
        var writer = new PathWriter(output, dialect, definitions);
        output.WriteStartObject("paths");
        foreach (var path in paths.OrderBy(p => p.Path, StringComparer.Ordinal))
            writer.Write(path);
        output.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter output)
    {
        output.WriteStartObject("BearerToken");
        output.WriteString("description", "A bearer token in the authorization header.");
        output.WriteString("type", "apiKey");
        output.WriteString("name", "authorization");
        output.WriteString("in", "header");
        output.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using (var output = new Utf8JsonWriter(buffer, s_options))
            write(output);
        return buffer.WrittenSpan.ToArray();
    }
}
