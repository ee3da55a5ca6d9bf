using System.Text;
using System.Text.Json;

namespace Berth.Node.Runtime;

/// <summary>
/// The pod network as CNI's plugins read it: a bridge of the instance's own with addresses from the node's pod ranges, host
/// ports by portmap. Masquerading is left to Berth's own nftables rules: the plugin would do it with iptables, which is not
/// everywhere, and a chain for each pod.
/// </summary>
/// <param name="Name">Name of the network; keys the plugins' stored state.</param>
/// <param name="Bridge">Interface name, at most 15 characters.</param>
/// <param name="PodCidrs">One range per address family.</param>
/// <param name="DataDirectory">Where host-local keeps the addresses that it gave out.</param>
/// <param name="HostPorts">Whether the portmap plugin takes part; see <see cref="MachineFacts.HostPorts"/>.</param>
/// <param name="Mtu">Null is the kernel's default.</param>
public sealed record CniConfiguration(string Name, string Bridge, IReadOnlyList<string> PodCidrs, string DataDirectory, bool HostPorts, int? Mtu = null)
{
    public const string FileName = "10-berth.conflist";

    private const int InterfaceNameMax = 15;

    /// <exception cref="RuntimeStartException">The bridge's name is longer than the kernel allows.</exception>
    public string Render()
    {
        if (Bridge.Length > InterfaceNameMax)
            throw new RuntimeStartException($"bridge name '{Bridge}': the kernel allows {InterfaceNameMax} characters");
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("cniVersion", "1.0.0");
            json.WriteString("name", Name);
            json.WriteStartArray("plugins");
            WriteBridge(json);
            if (HostPorts) WritePortmap(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray()) + "\n";
    }

    private void WriteBridge(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "bridge");
        json.WriteString("bridge", Bridge);
        json.WriteBoolean("isGateway", true);
        json.WriteBoolean("isDefaultGateway", true);
        // A changed pod range replaces the bridge's address instead of failing every pod.
        json.WriteBoolean("forceAddress", true);
        // A pod must reach itself through its Service.
        json.WriteBoolean("hairpinMode", true);
        json.WriteBoolean("ipMasq", false);
        if (Mtu is { } mtu) json.WriteNumber("mtu", mtu);
        json.WriteStartObject("ipam");
        json.WriteString("type", "host-local");
        json.WriteString("dataDir", DataDirectory);
        json.WriteStartArray("ranges");
        foreach (var cidr in PodCidrs)
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("subnet", cidr);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePortmap(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "portmap");
        json.WriteStartObject("capabilities");
        json.WriteBoolean("portMappings", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
