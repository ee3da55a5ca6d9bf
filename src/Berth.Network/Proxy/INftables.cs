namespace Berth.Network.Proxy;

/// <summary>Applies scripts of nftables commands, each all or nothing.</summary>
public interface INftables
{
    /// <exception cref="NftablesException">The script was refused; nothing of it was applied.</exception>
    Task ApplyAsync(string script, CancellationToken cancellation);
}

/// <summary>nftables refused a script. The message is what the program said.</summary>
public sealed class NftablesException(string message, Exception? inner = null) : Exception(message, inner);
