using System.Net;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Berth.Controllers.CertificateSigning;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers;

/// <summary>What every controller is given.</summary>
/// <param name="Events">Makes the recorder of a component; the context's owner disposes it.</param>
public sealed record ControllerContext(
    IClusterClient Client,
    InformerFactory Informers,
    TimeProvider Time,
    ILoggerFactory Logs,
    Func<string, EventRecorder> Events)
{
    /// <summary>For the controllers that deal with objects of every kind.</summary>
    public required MetadataClient Metadata { get; init; }

    /// <summary>PEM of the authorities that pods trust the API server by.</summary>
    public required string RootCertificates { get; init; }

    /// <summary>Null: nobody signs certificates, and requests for them stay as they are.</summary>
    public ICertificateSigner? CertificateSigner { get; init; }

    /// <summary>Null where nodes bring their ranges of pod addresses, or need none.</summary>
    public IpRanges? PodRange { get; init; }

    /// <summary>Cluster address of DNS; null where somebody else runs it.</summary>
    public IPAddress? DnsAddress { get; init; }

    /// <summary>Makes the context of one controller, which acts as the service account of that name; null: all act as one.</summary>
    public Func<ControllerContext, string, ControllerContext>? Accounts { get; init; }

    /// <summary>The same for a controller that acts as the service account kube-system/<paramref name="account"/>, with that account's roles alone.</summary>
    public ControllerContext As(string account) => Accounts is null ? this : Accounts(this, account);
}
