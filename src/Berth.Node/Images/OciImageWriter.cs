using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Berth.Node.Images;

/// <summary>
/// Writes images as one tar that is both an OCI layout and a Docker archive, so that <c>ctr</c>, <c>docker load</c>, podman
/// and skopeo all read it. The same description gives the same bytes: all times are the epoch, entries keep their order.
/// </summary>
public static class OciImageWriter
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";

    /// <summary>A blob by its digest, held in memory: the images that Berth builds are a few megabytes.</summary>
    private sealed record Blob(string MediaType, byte[] Content)
    {
        public string Digest { get; } = Sha256(Content);

        public string Path => "blobs/sha256/" + Digest["sha256:".Length..];
    }

    /// <summary>Writes the archive and returns the image's id (the digest of its configuration, as runtimes show it).</summary>
    public static string Write(ImageDescription image, Stream destination)
    {
        var layers = new List<Blob>();
        var diffIds = new List<string>();
        foreach (var entries in image.Layers)
        {
            var tar = LayerTar(entries);
            diffIds.Add(Sha256(tar));
            layers.Add(new Blob(LayerType, Compress(tar)));
        }

        var config = new Blob(ConfigType, Json(json => WriteConfig(json, image, diffIds)));
        var manifest = new Blob(ManifestType, Json(json => WriteManifest(json, config, layers)));

        using var archive = new TarWriter(destination, TarEntryFormat.Gnu, leaveOpen: true);
        Add(archive, "oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        Add(archive, "index.json", Json(json => WriteIndex(json, manifest, image.Names)));
        Add(archive, "manifest.json", Json(json => WriteDockerManifest(json, config, layers, image.Names)));
        foreach (var blob in layers.Append(config).Append(manifest).DistinctBy(blob => blob.Digest)) Add(archive, blob.Path, blob.Content);
        return config.Digest;
    }

    private static byte[] LayerTar(IReadOnlyList<LayerEntry> entries)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                var path = entry.Path.TrimStart('/');
                var item = new GnuTarEntry(entry.Type, entry.Type == TarEntryType.Directory ? path.TrimEnd('/') + "/" : path)
                {
                    Mode = entry.Mode,
                    Uid = entry.UserId,
                    Gid = entry.GroupId,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    AccessTime = default,
                    ChangeTime = default,
                };
                if (entry.LinkTarget is { } target) item.LinkName = entry.Type == TarEntryType.HardLink ? target.TrimStart('/') : target;
                using var content = entry.Content?.Invoke();
                if (content is not null) item.DataStream = content; // the setter refuses even null for other types
                tar.WriteEntry(item);
            }
        }

        return memory.ToArray();
    }

    private static byte[] Compress(byte[] content)
    {
        using var memory = new MemoryStream();
        // Images are built at the first start, where a second counts more than a few percent of a small layer.
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(content);
        return memory.ToArray();
    }

    private static void WriteConfig(Utf8JsonWriter json, ImageDescription image, List<string> diffIds)
    {
        json.WriteStartObject();
        json.WriteString("created", "1970-01-01T00:00:00Z");
        json.WriteString("architecture", image.Architecture);
        json.WriteString("os", "linux");
        json.WriteStartObject("config");
        if (image.User.Length > 0) json.WriteString("User", image.User);
        if (image.WorkingDirectory.Length > 0) json.WriteString("WorkingDir", image.WorkingDirectory);
        WriteStrings(json, "Env", image.Environment);
        WriteStrings(json, "Entrypoint", image.Entrypoint);
        WriteStrings(json, "Cmd", image.Command);
        if (image.ExposedPorts.Count > 0)
        {
            json.WriteStartObject("ExposedPorts");
            foreach (var port in image.ExposedPorts)
            {
                json.WriteStartObject(port);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (image.Labels.Count > 0)
        {
            json.WriteStartObject("Labels");
            foreach (var (name, value) in image.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        json.WriteStartArray("diff_ids");
        foreach (var id in diffIds) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteManifest(Utf8JsonWriter json, Blob config, List<Blob> layers)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", ManifestType);
        json.WritePropertyName("config");
        WriteDescriptor(json, config);
        json.WriteStartArray("layers");
        foreach (var layer in layers) WriteDescriptor(json, layer);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIndex(Utf8JsonWriter json, Blob manifest, IReadOnlyList<string> names)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteStartArray("manifests");
        foreach (var name in names)
        {
            WriteDescriptor(json, manifest, () =>
            {
                json.WriteStartObject("annotations");
                json.WriteString("io.containerd.image.name", name); // containerd's key for the full reference
                json.WriteString("org.opencontainers.image.ref.name", name);
                json.WriteEndObject();
            });
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDockerManifest(Utf8JsonWriter json, Blob config, List<Blob> layers, IReadOnlyList<string> names)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("Config", config.Path);
        json.WriteStartArray("RepoTags");
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartArray("Layers");
        foreach (var layer in layers) json.WriteStringValue(layer.Path);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDescriptor(Utf8JsonWriter json, Blob blob, Action? more = null)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", blob.MediaType);
        json.WriteString("digest", blob.Digest);
        json.WriteNumber("size", blob.Content.Length);
        more?.Invoke();
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory)) write(json);
        return memory.ToArray();
    }

    private static void Add(TarWriter archive, string path, byte[] content)
    {
        using var data = new MemoryStream(content, writable: false);
        archive.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, path)
        {
            Mode = FileModes.Rwrr,
            ModificationTime = DateTimeOffset.UnixEpoch,
            AccessTime = default,
            ChangeTime = default,
            DataStream = data,
        });
    }

    private static string Sha256(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
