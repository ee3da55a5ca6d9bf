namespace Berth.Csi.LoopDriver;

/// <summary>The storage system: a file per volume, and a note per attachment. Every call can be repeated.</summary>
public sealed class Storage(string directory)
{
    private readonly Lock _gate = new();

    private string Volumes => Path.Combine(directory, "volumes");

    private string Attachments => Path.Combine(directory, "attached");

    public string FileOf(string id) => Path.Combine(Volumes, id + ".img");

    public bool Exists(string id) => File.Exists(FileOf(id));

    public long SizeOf(string id) => new FileInfo(FileOf(id)).Length;

    public long UsedBytes
    {
        get
        {
            lock (_gate)
                return Directory.Exists(Volumes) ? Directory.EnumerateFiles(Volumes).Sum(f => new FileInfo(f).Length) : 0;
        }
    }

    public void Create(string id, long bytes)
    {
        lock (_gate)
        {
            Directory.CreateDirectory(Volumes);
            if (Exists(id))
                return;
            using var file = File.Create(FileOf(id));
            file.SetLength(bytes);
        }
    }

    public void Grow(string id, long bytes)
    {
        lock (_gate)
        {
            using var file = File.OpenWrite(FileOf(id));
            if (file.Length < bytes)
                file.SetLength(bytes);
        }
    }

    public void Delete(string id) => File.Delete(FileOf(id));

    public void Attach(string id, string node)
    {
        Directory.CreateDirectory(Attachments);
        File.WriteAllText(Note(id, node), "");
    }

    public void Detach(string id, string node)
    {
        if (Directory.Exists(Attachments))
            File.Delete(Note(id, node));
    }

    public bool IsAttached(string id, string node) => File.Exists(Note(id, node));

    public IReadOnlyList<string> NodesOf(string id) =>
        Directory.Exists(Attachments) ? [.. Directory.EnumerateFiles(Attachments, id + "@*").Select(f => Path.GetFileName(f)[(id.Length + 1)..])] : [];

    private string Note(string id, string node) => Path.Combine(Attachments, $"{id}@{node}");
}
