using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Berth.Ingress;

/// <summary>Where and for whom the built-in ingress controller listens.</summary>
public sealed record IngressServerOptions
{
    /// <summary>Name of the IngressClass that is made, as the cluster's default one, where it is not there yet.</summary>
    public string ClassName { get; init; } = "berth";

    /// <summary>The controller that IngressClasses of ours name.</summary>
    public const string Controller = "berth.dev/ingress";

    /// <summary>Annotation with the addresses of one that serves Ingresses, by commas: of a Node, or of the class where it is the control plane's machine.</summary>
    public const string Announcement = "berth.dev/ingress";

    /// <summary>Which of several this one is: a node's name, or empty on the control plane's machine. Null: the only one.</summary>
    public string? Member { get; init; }

    /// <summary>For HTTP/1.1, without TLS.</summary>
    public ImmutableArray<IPEndPoint> Http { get; init; } = [];

    /// <summary>For HTTP/1.1 and HTTP/2 over TLS.</summary>
    public ImmutableArray<IPEndPoint> Https { get; init; } = [];

    /// <summary>Addresses that Ingress objects tell clients to come to (<c>status.loadBalancer</c>), beside those of other members: this machine's.</summary>
    public ImmutableArray<IPAddress> PublishedAddresses { get; init; } = [];

    /// <summary>
    /// From the command line's <c>HTTP[,HTTPS]</c>, each a port or an address and a port: <c>80,443</c>, <c>192.0.2.1:80,192.0.2.1:443</c>.
    /// </summary>
    /// <exception cref="FormatException">Something else; the message says what was expected.</exception>
    public static IngressServerOptions Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2)
            throw new FormatException($"\"{text}\" names more than one listener for HTTP and one for HTTPS, as in 80,443");
        return new IngressServerOptions
        {
            Http = [EndPointOf(parts[0])],
            Https = parts.Length > 1 ? [EndPointOf(parts[1])] : [],
        };
    }

    /// <summary>The same, but what listens on all IPv4 addresses listens on all IPv6 addresses too.</summary>
    public IngressServerOptions OnBothFamilies()
    {
        return this with { Http = [.. Http.Select(Widen)], Https = [.. Https.Select(Widen)] };

        static IPEndPoint Widen(IPEndPoint endPoint) => endPoint.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.IPv6Any, endPoint.Port) : endPoint;
    }

    private static IPEndPoint EndPointOf(string text)
    {
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return new IPEndPoint(IPAddress.Any, port);
        // A bare IPv6 address would parse as an endpoint with port 0.
        return IPEndPoint.TryParse(text, out var endPoint) && (endPoint.Port > 0 || text.EndsWith(":0", StringComparison.Ordinal))
            ? endPoint
            : throw new FormatException($"\"{text}\" is neither a port nor an address with a port, as in 80 or 192.0.2.1:80");
    }
}
