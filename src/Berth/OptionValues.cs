using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Instance;
using Berth.Network.PodNetwork;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>Values of options that several verbs share, checked.</summary>
internal static class OptionValues
{
    public static LogLevel ParseLevel(ArgumentResult argument)
    {
        var text = argument.Tokens.Count > 0 ? argument.Tokens[0].Value.ToLowerInvariant() : "";
        switch (text)
        {
            case "trace": return LogLevel.Trace;
            case "debug": return LogLevel.Debug;
            case "information" or "info": return LogLevel.Information;
            case "warning" or "warn": return LogLevel.Warning;
            case "error": return LogLevel.Error;
            default:
                argument.AddError($"--log-level \"{text}\" is not one of debug, information, warning, error");
                return LogLevel.Warning;
        }
    }

    public static IPEndPoint ParseListen(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0
            ? endpoint
            : throw new UserErrorException($"--listen \"{text}\" is not an address with a port", "give one such as 127.0.0.1:6443");

    /// <summary>One range, or one of each family.</summary>
    /// <param name="v4Max">Longest prefix in IPv4.</param>
    /// <param name="v6Max">In IPv6.</param>
    public static IpRanges ParseCidrs(string option, string text, int v4Max, int v6Max)
    {
        if (!IpRanges.TryParse(text, out var ranges))
            throw new UserErrorException($"{option} \"{text}\" is neither a range of addresses nor one of each family", "give one such as 10.42.0.0/16, or two such as 10.42.0.0/16,fd42::/56, with all host bits zero");
        foreach (var range in ranges.All)
        {
            var most = range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? v6Max : v4Max;
            if (range.PrefixLength > most)
                throw new UserErrorException($"{option} {range} is too small", $"give a range of /{most} or larger");
            if (range.PrefixLength < 8)
                throw new UserErrorException($"{option} {range} is too large", "give a range of /8 or smaller");
        }

        return ranges;
    }

    /// <summary>One or two addresses with a comma between, of different families.</summary>
    public static (IPAddress First, IPAddress? Second) ParseAddresses(string option, string text)
    {
        var parts = text.Split(',');
        if (parts.Length is 1 or 2 && IPAddress.TryParse(parts[0], out var first) && (parts.Length == 1 || (IPAddress.TryParse(parts[1], out var second) && second.AddressFamily != first.AddressFamily)))
            return (first, parts.Length == 2 ? IPAddress.Parse(parts[1]) : null);
        throw new UserErrorException($"{option} \"{text}\" is neither an address nor one of each family", "give one of this machine's, such as 192.0.2.10, or two such as 192.0.2.10,2001:db8::10");
    }

    public static string ParseNodeName(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.') && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            ? text
            : throw new UserErrorException($"--node-name \"{text}\" is not a DNS name", "use lower-case letters, digits, '-' and '.'");

    public static PodNetworkMode ParsePodNetwork(string text) => text.ToLowerInvariant() switch
    {
        "auto" => PodNetworkMode.Auto,
        "routes" => PodNetworkMode.Routes,
        "vxlan" => PodNetworkMode.Vxlan,
        "wireguard" => PodNetworkMode.Wireguard,
        _ => throw new UserErrorException($"--pod-network \"{text}\" is not one of auto, routes, vxlan, wireguard", "leave it away: auto takes plain routes on one layer-2 network, and VXLAN otherwise"),
    };

    /// <returns>Bytes; null for auto.</returns>
    public static uint? ParsePodPacketMax(string text) => text.ToLowerInvariant() switch
    {
        "auto" => null,
        _ when uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes is >= PodLinksOptions.SizeMin and <= PodLinksOptions.SizeLimit => bytes,
        _ => throw new UserErrorException(
            $"--pod-gso-max-size \"{text}\" is neither auto nor a number of bytes from {PodLinksOptions.SizeMin} to {PodLinksOptions.SizeLimit}",
            $"leave it away, or give {PodLinksOptions.SizeMin} to leave packets as small as the kernel has them"),
    };

    public static IPAddress ParseAddress(string option, string text) =>
        IPAddress.TryParse(text, out var address)
            ? address
            : throw new UserErrorException($"{option} \"{text}\" is not an address", "give one of this machine's, such as 192.0.2.10");

    public static Ingress.IngressServerOptions? ParseIngress(string? text)
    {
        try
        {
            return text is null ? null : Ingress.IngressServerOptions.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UserErrorException($"--ingress: {e.Message}", "give one such as 80,443 or 192.0.2.1:80,192.0.2.1:443", e);
        }
    }
}
