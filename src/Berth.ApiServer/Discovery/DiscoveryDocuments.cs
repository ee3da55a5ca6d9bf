using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Berth.Api;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Discovery;

/// <summary>The documents from which clients learn what is served. Made once: what is served does not change while the server runs.</summary>
public sealed class DiscoveryDocuments
{
    private readonly Dictionary<string, byte[]> _byPath = new(StringComparer.Ordinal);

    public DiscoveryDocuments(ServedGroups served, Func<string> serverAddress)
    {
        ServerAddress = serverAddress;
        _byPath["/apis"] = Make(w => WriteGroupList(w, served));
        foreach (var group in served.Groups)
        {
            var root = group.Name.Length == 0 ? "/api" : $"/apis/{group.Name}";
            if (group.Name.Length > 0)
                _byPath[root] = Make(w => WriteGroup(w, group, standalone: true));
            foreach (var version in group.Versions)
                _byPath[$"{root}/{version.Version}"] = Make(w => WriteResourceList(w, group, version));
        }

        AggregatedCore = Make(w => WriteAggregated(w, served.Groups.Where(g => g.Name.Length == 0)));
        AggregatedGroups = Make(w => WriteAggregated(w, served.Groups.Where(g => g.Name.Length > 0)));
    }

    /// <summary><c>host:port</c> under which clients reach the server.</summary>
    public Func<string> ServerAddress { get; }

    /// <summary>All of the core group in one document.</summary>
    public byte[] AggregatedCore { get; }

    /// <summary>All other groups in one document.</summary>
    public byte[] AggregatedGroups { get; }

    public IEnumerable<string> Paths => _byPath.Keys;

    /// <summary>Null when nothing is served there.</summary>
    public byte[]? Find(string path) => path == "/api" ? Make(WriteVersions) : _byPath.GetValueOrDefault(path);

    public static string ETag(byte[] document) => $"\"{Convert.ToHexString(SHA256.HashData(document))}\"";

    private static byte[] Make(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteVersions(Utf8JsonWriter writer)
    {
        writer.WriteString("kind", "APIVersions");
        WriteStrings(writer, "versions", ["v1"]);
        writer.WriteStartArray("serverAddressByClientCIDRs");
        writer.WriteStartObject();
        writer.WriteString("clientCIDR", "0.0.0.0/0");
        writer.WriteString("serverAddress", ServerAddress());
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteGroupList(Utf8JsonWriter writer, ServedGroups served)
    {
        writer.WriteString("kind", "APIGroupList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteStartArray("groups");
        foreach (var group in served.Groups.Where(g => g.Name.Length > 0))
        {
            writer.WriteStartObject();
            WriteGroup(writer, group, standalone: false);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteGroup(Utf8JsonWriter writer, ServedGroup group, bool standalone)
    {
        if (standalone)
        {
            writer.WriteString("kind", "APIGroup");
            writer.WriteString("apiVersion", "v1");
        }

        writer.WriteString("name", group.Name);
        writer.WriteStartArray("versions");
        foreach (var version in group.Versions)
            WriteVersion(version.Version);
        writer.WriteEndArray();
        writer.WritePropertyName("preferredVersion");
        WriteVersion(group.Versions[0].Version);

        void WriteVersion(string version)
        {
            writer.WriteStartObject();
            writer.WriteString("groupVersion", $"{group.Name}/{version}");
            writer.WriteString("version", version);
            writer.WriteEndObject();
        }
    }

    private static void WriteResourceList(Utf8JsonWriter writer, ServedGroup group, ServedVersion version)
    {
        writer.WriteString("kind", "APIResourceList");
        writer.WriteString("apiVersion", "v1");
        writer.WriteString("groupVersion", group.Name.Length == 0 ? version.Version : $"{group.Name}/{version.Version}");
        writer.WriteStartArray("resources");
        foreach (var resource in version.Resources)
        {
            var kind = resource.Kind;
            if (resource.Verbs.Count > 0)
            {
                writer.WriteStartObject();
                writer.WriteString("name", kind.Plural);
                writer.WriteString("singularName", kind.Singular);
                writer.WriteBoolean("namespaced", kind.Namespaced);
                writer.WriteString("kind", kind.Kind);
                WriteStrings(writer, "verbs", resource.Verbs);
                WriteUnlessEmpty(writer, "shortNames", kind.ShortNames);
                WriteUnlessEmpty(writer, "categories", kind.Categories);
                if (resource.Verbs.Contains("list"))
                    writer.WriteString("storageVersionHash", StorageVersionHash(kind.Group, kind.Version, kind.Kind));
                writer.WriteEndObject();
            }

            foreach (var route in resource.Subresources)
            {
                var sub = route.Subresource!;
                writer.WriteStartObject();
                writer.WriteString("name", $"{kind.Plural}/{sub.Name}");
                writer.WriteString("singularName", "");
                writer.WriteBoolean("namespaced", kind.Namespaced);
                if ((sub.Group, sub.Version) != (kind.Group, kind.Version))
                {
                    writer.WriteString("group", sub.Group);
                    writer.WriteString("version", sub.Version);
                }

                writer.WriteString("kind", sub.Kind);
                WriteStrings(writer, "verbs", route.Verbs);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteAggregated(Utf8JsonWriter writer, IEnumerable<ServedGroup> groups)
    {
        writer.WriteString("kind", "APIGroupDiscoveryList");
        writer.WriteString("apiVersion", "apidiscovery.k8s.io/v2");
        writer.WriteStartObject("metadata");
        writer.WriteEndObject();
        writer.WriteStartArray("items");
        foreach (var group in groups)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            if (group.Name.Length > 0)
                writer.WriteString("name", group.Name);
            writer.WriteEndObject();
            writer.WriteStartArray("versions");
            foreach (var version in group.Versions)
            {
                writer.WriteStartObject();
                writer.WriteString("version", version.Version);
                writer.WriteStartArray("resources");
                foreach (var resource in version.Resources)
                    WriteAggregated(writer, resource);
                writer.WriteEndArray();
                writer.WriteString("freshness", "Current");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteAggregated(Utf8JsonWriter writer, ServedResource resource)
    {
        var kind = resource.Kind;
        writer.WriteStartObject();
        writer.WriteString("resource", kind.Plural);
        WriteResponseKind(writer, kind.Group, kind.Version, kind.Kind);
        writer.WriteString("scope", kind.Namespaced ? "Namespaced" : "Cluster");
        writer.WriteString("singularResource", kind.Singular);
        WriteStrings(writer, "verbs", resource.Verbs);
        WriteUnlessEmpty(writer, "shortNames", kind.ShortNames);
        WriteUnlessEmpty(writer, "categories", kind.Categories);
        if (resource.Subresources.Count > 0)
        {
            writer.WriteStartArray("subresources");
            foreach (var route in resource.Subresources)
            {
                var sub = route.Subresource!;
                writer.WriteStartObject();
                writer.WriteString("subresource", sub.Name);
                WriteResponseKind(writer, sub.Group, sub.Version, sub.Kind);
                WriteStrings(writer, "verbs", route.Verbs);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteResponseKind(Utf8JsonWriter writer, string group, string version, string kind)
    {
        writer.WriteStartObject("responseKind");
        writer.WriteString("group", group);
        writer.WriteString("version", version);
        writer.WriteString("kind", kind);
        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            WriteStrings(writer, name, values);
    }

    // Changes when objects are stored in another version; clients only compare it.
    private static string StorageVersionHash(string group, string version, string kind) =>
        Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{group}/{version}/{kind}")).AsSpan(0, 8));
}
