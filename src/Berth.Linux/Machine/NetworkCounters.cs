using System.Globalization;

namespace Berth.Linux.Machine;

/// <summary>What has passed through one network interface since it was made.</summary>
public readonly record struct NetworkCounters(
    string Interface, long ReceivedBytes, long ReceivedPackets, long ReceiveErrors, long ReceiveDropped, long SentBytes, long SentPackets, long SendErrors, long SendDropped)
{
    /// <summary>Interfaces that a process sees, without the loopback; empty when it is gone.</summary>
    public static IReadOnlyList<NetworkCounters> OfProcess(int pid)
    {
        try
        {
            return Parse(File.ReadAllLines($"/proc/{pid}/net/dev"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    internal static IReadOnlyList<NetworkCounters> Parse(IEnumerable<string> lines)
    {
        var found = new List<NetworkCounters>();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var name = line[..colon].Trim();
            var n = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => long.Parse(f, CultureInfo.InvariantCulture)).ToArray();
            if (name != "lo" && n.Length >= 12) found.Add(new NetworkCounters(name, n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]));
        }

        return found;
    }
}
