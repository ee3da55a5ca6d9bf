using System.CommandLine.Parsing;
using System.Net;
using Berth.Instance;
using Berth.Network.PodNetwork;
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

    public static IPNetwork ParseCidr(string option, string text, int prefixMax) =>
        IPNetwork.TryParse(text, out var network) && network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && network.PrefixLength <= prefixMax
            ? network
            : throw new UserErrorException($"{option} \"{text}\" is not an IPv4 range of at least {1 << (32 - prefixMax)} addresses", "give one such as 10.42.0.0/16, with all host bits zero");

    public static string ParseNodeName(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.') && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            ? text
            : throw new UserErrorException($"--node-name \"{text}\" is not a DNS name", "use lower-case letters, digits, '-' and '.'");

    public static PodNetworkMode ParsePodNetwork(string text) => text.ToLowerInvariant() switch
    {
        "auto" => PodNetworkMode.Auto,
        "routes" => PodNetworkMode.Routes,
        "vxlan" => PodNetworkMode.Vxlan,
        _ => throw new UserErrorException($"--pod-network \"{text}\" is not one of auto, routes, vxlan", "leave it away: auto takes plain routes on one layer-2 network, and VXLAN otherwise"),
    };

    public static IPAddress ParseAddress(string option, string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? address
            : throw new UserErrorException($"{option} \"{text}\" is not an IPv4 address", "give one of this machine's, such as 192.0.2.10");

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
