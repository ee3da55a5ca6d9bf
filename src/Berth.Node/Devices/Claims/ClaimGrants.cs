using Berth.Node.Devices.Checkpoint;
using Google.Protobuf;

namespace Berth.Node.Devices.Claims;

/// <summary>Which claims are prepared, for which pods. Written to its file before a driver is asked; not safe for concurrent use.</summary>
public sealed class ClaimGrants
{
    private const int Version = 1;

    private readonly string _path;
    private readonly Dictionary<string, PreparedClaim> _claims = new(StringComparer.Ordinal);

    /// <summary>Reads the file. One that is damaged is put aside, which is told; claims are prepared again as their pods' containers start.</summary>
    public ClaimGrants(string path, Action<string> damaged)
    {
        _path = path;
        if (!File.Exists(path)) return;
        try
        {
            var read = PreparedClaims.Parser.ParseFrom(File.ReadAllBytes(path));
            if (read.Version != Version) throw new InvalidDataException($"its version is {read.Version}");
            foreach (var claim in read.Claims) _claims[claim.Uid] = claim;
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            File.Move(path, path + ".damaged", overwrite: true);
            damaged($"{path}: {error.Message}; it is kept as {path}.damaged");
        }
    }

    public IReadOnlyCollection<PreparedClaim> All => _claims.Values;

    public PreparedClaim? Find(string uid) => _claims.GetValueOrDefault(uid);

    public PreparedClaim? Find(string ns, string name) => _claims.Values.FirstOrDefault(c => c.Namespace == ns && c.Name == name);

    public IEnumerable<PreparedClaim> Of(string podUid) => _claims.Values.Where(c => c.PodUids.Contains(podUid));

    public void Set(PreparedClaim claim)
    {
        _claims[claim.Uid] = claim;
        Save();
    }

    public void Remove(string uid)
    {
        if (_claims.Remove(uid)) Save();
    }

    private void Save()
    {
        var file = new PreparedClaims { Version = Version, Claims = { _claims.Values.OrderBy(c => c.Uid, StringComparer.Ordinal) } };
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        using (var stream = new FileStream(_path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.WriteTo(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(_path + ".new", _path, overwrite: true);
    }
}
