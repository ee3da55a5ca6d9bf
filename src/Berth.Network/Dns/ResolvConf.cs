using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>The <c>nameserver</c> lines of a resolv.conf, read again when the file changes, because DHCP and VPN clients rewrite it.</summary>
internal sealed class ResolvConf(string path, TimeProvider time)
{
    // Looking at the file's time costs a system call; names are not looked up so often that this one shows, but a storm of them may be.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private ImmutableArray<IPEndPoint> _servers = [];
    private long _checkedAt;
    private bool _read;
    private DateTime _writtenAt;

    /// <summary>Empty where the file is missing or names none.</summary>
    public ImmutableArray<IPEndPoint> Servers
    {
        get
        {
            lock (_lock)
            {
                if (_read && time.GetElapsedTime(_checkedAt) < CheckInterval)
                    return _servers;
                _checkedAt = time.GetTimestamp();
                // A missing file has the year 1601, so appearing and disappearing are changes like others.
                var writtenAt = File.GetLastWriteTimeUtc(path);
                if (!_read || writtenAt != _writtenAt)
                {
                    _servers = File.Exists(path) ? Parse(File.ReadAllLines(path)) : [];
                    _writtenAt = writtenAt;
                    _read = true;
                }
                return _servers;
            }
        }
    }

    internal static ImmutableArray<IPEndPoint> Parse(IEnumerable<string> lines) =>
    [
        .. lines.Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .OfType<IPAddress>()
            .Select(address => new IPEndPoint(address, 53)),
    ];
}
