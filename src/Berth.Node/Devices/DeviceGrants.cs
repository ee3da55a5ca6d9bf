using Berth.Node.Devices.Checkpoint;
using Google.Protobuf;

namespace Berth.Node.Devices;

/// <summary>Which container has which devices. Written to its file before a grant is used; not safe for concurrent use.</summary>
public sealed class DeviceGrants
{
    private const int Version = 1;

    private readonly string _path;
    private readonly List<Grant> _grants = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Reads the file. One that is damaged is put aside: the devices of running containers are then unknown until these end, which is told.</summary>
    /// <param name="damaged">Called with what is wrong.</param>
    public DeviceGrants(string path, Action<string> damaged)
    {
        _path = path;
        if (!File.Exists(path)) return;
        try
        {
            var read = Checkpoint.DeviceGrants.Parser.ParseFrom(File.ReadAllBytes(path));
            if (read.Version != Version) throw new InvalidDataException($"its version is {read.Version}");
            _grants.AddRange(read.Grants);
            _known.UnionWith(read.KnownResources);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            File.Move(path, path + ".damaged", overwrite: true);
            damaged($"{path}: {error.Message}; it is kept as {path}.damaged");
        }
    }

    public IReadOnlyList<Grant> All => _grants;

    public IReadOnlyCollection<string> Known => _known;

    /// <summary>A plugin has served it once: it will come again after a restart, so that pods had better wait for it.</summary>
    public bool Knows(string resource) => _known.Contains(resource);

    public void Remember(string resource)
    {
        if (_known.Add(resource)) Save();
    }

    public IEnumerable<Grant> Of(string podUid, string container) => _grants.Where(g => g.PodUid == podUid && g.Container == container);

    public HashSet<string> Taken(string resource) => _grants.Where(g => g.Resource == resource).SelectMany(g => g.Devices).ToHashSet(StringComparer.Ordinal);

    public void Add(IEnumerable<Grant> grants)
    {
        _grants.AddRange(grants);
        Save();
    }

    /// <summary>True where there was something to remove.</summary>
    public bool Remove(Func<string, bool> podUid)
    {
        if (_grants.RemoveAll(g => podUid(g.PodUid)) == 0) return false;
        Save();
        return true;
    }

    private void Save()
    {
        var file = new Checkpoint.DeviceGrants { Version = Version, Grants = { _grants }, KnownResources = { _known.Order(StringComparer.Ordinal) } };
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        using (var stream = new FileStream(_path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.WriteTo(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(_path + ".new", _path, overwrite: true);
    }
}
