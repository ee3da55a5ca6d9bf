using System.Collections.Immutable;
using System.Net;
using Berth.Api.Core.V1;
using Berth.Api.Networking.V1;
using Berth.Client.Informers;
using IPAddress = System.Net.IPAddress;

namespace Berth.Ingress.Sources;

/// <summary>
/// Who else serves Ingresses: nodes that say so by <see cref="IngressServerOptions.Announcement"/> and are Ready, and the control plane's
/// machine, which says so on the class. All come to the same list by themselves; the first of it writes what clients are told.
/// </summary>
internal sealed class IngressMembers
{
    private readonly IngressServerOptions _options;
    private readonly Informer<Node>? _nodes;
    private readonly Informer<IngressClass> _classes;

    public IngressMembers(InformerFactory informers, IngressServerOptions options, Action changed)
    {
        _options = options;
        _classes = informers.For<IngressClass>();
        if (options.Member is null)
            return;
        _nodes = informers.For<Node>();
        // Heartbeats are no change.
        _nodes.AddHandler(_ => changed(), (old, node) =>
        {
            if (Announced(old) != Announced(node))
                changed();
        }, _ => changed());
    }

    /// <summary>That Ingresses tell clients to come to.</summary>
    public ImmutableArray<IPAddress> Addresses => _nodes is null ? _options.PublishedAddresses : [.. All().SelectMany(m => m.Addresses).Distinct()];

    /// <summary>Whether it is this one that writes.</summary>
    public bool IsWriter => _nodes is null || All().FirstOrDefault().Name == _options.Member;

    public Task WaitForSyncAsync(CancellationToken cancellation) => _nodes?.WaitForSyncAsync(cancellation) ?? Task.CompletedTask;

    private IEnumerable<(string? Name, IEnumerable<IPAddress> Addresses)> All()
    {
        if (_classes.Cache.Get("", _options.ClassName) is { } own && own.Metadata.Annotations.TryGetValue(IngressServerOptions.Announcement, out var text) && text.Length > 0)
            yield return ("", Parse(text));
        foreach (var node in _nodes!.Cache.List().OrderBy(n => n.Metadata.Name, StringComparer.Ordinal))
        {
            if (Announced(node) is { Length: > 0 } addresses)
                yield return (node.Metadata.Name, Parse(addresses));
        }
    }

    private static string Announced(Node node) =>
        node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) && node.Metadata.Annotations.TryGetValue(IngressServerOptions.Announcement, out var text) ? text : "";

    private static IEnumerable<IPAddress> Parse(string text) =>
        text.Split(',').Select(a => IPAddress.TryParse(a, out var address) ? address : null).OfType<IPAddress>();
}
