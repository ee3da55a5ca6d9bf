using System.Net;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// The load balancer addresses that this node has on its interfaces, kept in a file of lines "address device", because the addresses outlive
/// the process. Owned by the announcer's loop. Written after an address is added and after it is removed: a crash in between leaves a line
/// too many, which does no harm, or an address that ends with its lease or is given up as soon as it is held again.
/// </summary>
internal sealed class HeldAddresses(string file)
{
    private readonly Dictionary<IPAddress, string> _devices = [];

    public IReadOnlyCollection<IPAddress> Addresses => _devices.Keys;

    public string? DeviceOf(IPAddress address) => _devices.GetValueOrDefault(address);

    /// <summary>Lines that make no sense are left out: the file is nobody's but ours, and a damaged one must not stop the network.</summary>
    public void Load()
    {
        if (!File.Exists(file))
            return;
        foreach (var line in File.ReadAllLines(file))
        {
            if (line.Split(' ') is [var address, { Length: > 0 } device] && IPAddress.TryParse(address, out var parsed))
                _devices[parsed] = device;
        }
    }

    public void Add(IPAddress address, string device)
    {
        _devices[address] = device;
        Save();
    }

    public void Remove(IPAddress address)
    {
        if (_devices.Remove(address))
            Save();
    }

    private void Save()
    {
        if (_devices.Count == 0)
        {
            File.Delete(file);
            return;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines(file + ".new", _devices.Select(d => $"{d.Key} {d.Value}"));
        File.Move(file + ".new", file, overwrite: true);
    }
}
