using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Berth.Node.Images;

namespace Berth.Node.Tests.Images;

public sealed class OciImageWriterTests
{
    private static readonly ImageDescription _image = new()
    {
        Names = ["berth.local/test:1", "berth.local/test:2"],
        Architecture = "amd64",
        Layers =
        [
            [LayerEntry.Directory("/bin"), LayerEntry.File("/bin/tool", [1, 2, 3], FileModes.Rwxrxrx), LayerEntry.HardLink("/bin/same", "/bin/tool")],
            [LayerEntry.SymbolicLink("/bin/link", "tool"), LayerEntry.File("/" + new string('n', 150), [4]) with { UserId = 7, GroupId = 8 }],
        ],
        Entrypoint = ["/bin/tool"],
        Command = ["arg"],
        User = "7:8",
        WorkingDirectory = "/bin",
        ExposedPorts = ["80/tcp"],
        Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
    };

    [Fact]
    public void Write_Twice_GivesTheSameBytes() => Assert.Equal(Write(), Write());

    [Fact]
    public void Write_EveryBlob_HasTheNameOfItsDigestAndIsReferredTo()
    {
        var files = Files();

        foreach (var (path, content) in files.Where(file => file.Key.StartsWith("blobs/", StringComparison.Ordinal)))
            Assert.Equal("blobs/sha256/" + Convert.ToHexStringLower(SHA256.HashData(content)), path);
        using var index = JsonDocument.Parse(files["index.json"]);
        var manifests = index.RootElement.GetProperty("manifests").EnumerateArray().ToList();
        Assert.Equal(_image.Names, manifests.Select(manifest => manifest.GetProperty("annotations").GetProperty("io.containerd.image.name").GetString()));
        using var manifest = JsonDocument.Parse(Blob(files, manifests[0]));
        using var config = JsonDocument.Parse(Blob(files, manifest.RootElement.GetProperty("config")));
        var layers = manifest.RootElement.GetProperty("layers").EnumerateArray().ToList();
        var diffIds = config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString());
        Assert.Equal(diffIds, layers.Select(layer => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Unzip(Blob(files, layer))))));
        using var docker = JsonDocument.Parse(files["manifest.json"]);
        Assert.All(docker.RootElement[0].GetProperty("Layers").EnumerateArray(), layer => Assert.Contains(layer.GetString()!, files.Keys));
        Assert.Contains(docker.RootElement[0].GetProperty("Config").GetString()!, files.Keys);
    }

    [Fact]
    public void Write_Layers_KeepModesOwnersAndLinks()
    {
        var files = Files();
        using var index = JsonDocument.Parse(files["index.json"]);
        using var manifest = JsonDocument.Parse(Blob(files, index.RootElement.GetProperty("manifests")[0]));
        var entries = manifest.RootElement.GetProperty("layers").EnumerateArray().SelectMany(layer => Entries(Unzip(Blob(files, layer)))).ToList();

        Assert.Equal(["bin/", "bin/tool", "bin/same", "bin/link", new string('n', 150)], entries.Select(entry => entry.Name));
        Assert.Equal(FileModes.Rwxrxrx, entries[1].Mode);
        Assert.Equal((TarEntryType.HardLink, "bin/tool"), (entries[2].EntryType, entries[2].LinkName));
        Assert.Equal((TarEntryType.SymbolicLink, "tool"), (entries[3].EntryType, entries[3].LinkName));
        Assert.Equal((7, 8), (entries[4].Uid, entries[4].Gid));
        Assert.All(entries, entry => Assert.Equal(DateTimeOffset.UnixEpoch, entry.ModificationTime));
    }

    [Fact]
    public void Importer_OfCtrsOutput_ReadsEachNameOnce() => Assert.Equal(
        ["berth.local/pause:1", "docker.io/library/a:2"],
        ImageImporter.NamesIn("unpacking berth.local/pause:1 (sha256:ab)...done\nunpacking docker.io/library/a:2 (sha256:cd)...\runpacking docker.io/library/a:2 (sha256:cd)...done\n"));

    private static byte[] Write()
    {
        using var memory = new MemoryStream();
        OciImageWriter.Write(_image, memory);
        return memory.ToArray();
    }

    private static Dictionary<string, byte[]> Files()
    {
        var files = new Dictionary<string, byte[]>();
        using var reader = new TarReader(new MemoryStream(Write()));
        while (reader.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files.Add(entry.Name, content.ToArray());
        }

        return files;
    }

    private static List<TarEntry> Entries(byte[] tar)
    {
        var entries = new List<TarEntry>();
        using var reader = new TarReader(new MemoryStream(tar));
        while (reader.GetNextEntry(copyData: true) is { } entry) entries.Add(entry);
        return entries;
    }

    private static byte[] Blob(Dictionary<string, byte[]> files, JsonElement descriptor)
    {
        var content = files["blobs/sha256/" + descriptor.GetProperty("digest").GetString()!["sha256:".Length..]];
        Assert.Equal(descriptor.GetProperty("size").GetInt32(), content.Length);
        return content;
    }

    private static byte[] Unzip(byte[] content)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
