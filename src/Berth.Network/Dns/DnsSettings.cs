using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Berth.Api;

namespace Berth.Network.Dns;

/// <summary>
/// What the cluster's administrator says of names outside the cluster, in the ConfigMap kube-system/kube-dns in the form that kube-dns has
/// had: <c>stubDomains</c>, a JSON object from zone to servers, and <c>upstreamNameservers</c>, a JSON array of servers; each server an address,
/// with a port if it is not 53. Taken up while running.
/// </summary>
public sealed record DnsSettings
{
    public const string ConfigNamespace = "kube-system";
    public const string ConfigName = "kube-dns";

    public static readonly DnsSettings Empty = new();

    /// <summary>Zones whose names, and those below, other servers know. The longest zone that fits is taken.</summary>
    public ImmutableArray<(DnsName Zone, ImmutableArray<IPEndPoint> Servers)> Stubs { get; init; } = [];

    /// <summary>Servers for everything else; empty: those that the machine itself asks.</summary>
    public ImmutableArray<IPEndPoint> Upstreams { get; init; } = [];

    /// <param name="problems">What could not be read, one each; the rest holds.</param>
    public static DnsSettings Read(ApiMap<string> data, out IReadOnlyList<string> problems)
    {
        List<string> bad = [];
        var stubs = ImmutableArray.CreateBuilder<(DnsName, ImmutableArray<IPEndPoint>)>();
        Parse(data.GetOr("stubDomains"), JsonValueKind.Object, "stubDomains", root =>
        {
            foreach (var zone in root.EnumerateObject())
            {
                var servers = Servers(zone.Value, $"stubDomains {zone.Name}");
                if (!servers.IsEmpty && NameOf(zone.Name) is { } name)
                    stubs.Add((name, servers));
            }
        });
        ImmutableArray<IPEndPoint> upstreams = [];
        Parse(data.GetOr("upstreamNameservers"), JsonValueKind.Array, "upstreamNameservers", root => upstreams = Servers(root, "upstreamNameservers"));
        problems = bad;
        return new DnsSettings { Stubs = stubs.ToImmutable(), Upstreams = upstreams };

        void Parse(string? text, JsonValueKind kind, string what, Action<JsonElement> read)
        {
            if (string.IsNullOrWhiteSpace(text))
                return;
            try
            {
                using var json = JsonDocument.Parse(text);
                if (json.RootElement.ValueKind == kind)
                    read(json.RootElement);
                else
                    bad.Add($"{what} is not a JSON {kind.ToString().ToLowerInvariant()}");
            }
            catch (JsonException e)
            {
                bad.Add($"{what} is not JSON: {e.Message}");
            }
        }

        ImmutableArray<IPEndPoint> Servers(JsonElement list, string what)
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                bad.Add($"{what} is not a JSON array of addresses");
                return [];
            }
            var servers = ImmutableArray.CreateBuilder<IPEndPoint>();
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.String && EndPointOf(item.GetString()!) is { } server)
                    servers.Add(server);
                else
                    bad.Add($"{what}: {item.GetRawText()} is not an address such as 192.0.2.53 or 192.0.2.53:5353");
            }
            return servers.ToImmutable();
        }

        DnsName? NameOf(string zone)
        {
            try
            {
                return DnsName.Parse(zone);
            }
            catch (DnsFormatException e)
            {
                bad.Add($"stubDomains: {e.Message}");
                return null;
            }
        }
    }

    private static IPEndPoint? EndPointOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPEndPoint(address, 53);
        var colon = text.LastIndexOf(':');
        return colon > 0 && IPAddress.TryParse(text[..colon], out address) && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new IPEndPoint(address, port)
            : null;
    }
}
