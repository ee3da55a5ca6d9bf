using System.Net;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace Berth.ApiServer.Pki;

/// <summary>Names and addresses that a server certificate stands for. Compared as sets.</summary>
public sealed class SubjectNames
{
    public SubjectNames(IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses)
    {
        DnsNames = new SortedSet<string>(dnsNames, StringComparer.OrdinalIgnoreCase);
        // Text orders and compares addresses of both families.
        Addresses = new SortedSet<string>(
            addresses.Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any)).Select(a => new IPAddress(a.GetAddressBytes()).ToString()),
            StringComparer.Ordinal);
    }

    public IReadOnlySet<string> DnsNames { get; }

    public IReadOnlySet<string> Addresses { get; }

    /// <summary>Everything by which the API server is called.</summary>
    public static SubjectNames OfServer(PkiOptions options) => new(
        [
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            $"kubernetes.default.svc.{options.ClusterDomain}",
            .. options.DnsNames,
        ],
        [IPAddress.Loopback, IPAddress.IPv6Loopback, FirstAddress(options.ServiceCidr), .. options.Addresses]);

    /// <summary>The first address after the network's own: 10.43.0.1 of 10.43.0.0/16.</summary>
    public static IPAddress FirstAddress(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var next = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) + 1;
        var result = new byte[bytes.Length];
        var value = next.ToByteArray(isUnsigned: true, isBigEndian: true);
        value.CopyTo(result, result.Length - value.Length);
        return new IPAddress(result);
    }

    public static SubjectNames Of(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return extension is null ? new([], []) : new(extension.EnumerateDnsNames(), extension.EnumerateIPAddresses());
    }

    public bool SetEquals(SubjectNames other) =>
        DnsNames.SetEquals(other.DnsNames) && Addresses.SetEquals(other.Addresses);

    internal X509Extension ToExtension()
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in DnsNames) builder.AddDnsName(name);
        foreach (var address in Addresses) builder.AddIpAddress(IPAddress.Parse(address));
        return builder.Build();
    }
}
