namespace Berth.ApiServer.FlowControl;

/// <summary>
/// Deals each flow a hand of queues. Two flows rarely have the same hand, so that a flow which fills its queues leaves every
/// other flow at least one that is free.
/// </summary>
internal static class ShuffleSharding
{
    /// <summary>Distinct numbers below <paramref name="deckSize"/>, the same for the same hash.</summary>
    /// <param name="hand">Filled; not longer than the deck.</param>
    public static void Deal(ulong hash, int deckSize, Span<int> hand)
    {
        // The drawn cards in rising order: a card's number counts only those that are left.
        Span<int> drawn = stackalloc int[hand.Length];
        for (var i = 0; i < hand.Length; i++)
        {
            var left = (ulong)(deckSize - i);
            var card = (int)(hash % left);
            hash /= left;
            var at = 0;
            while (at < i && drawn[at] <= card)
            {
                card++;
                at++;
            }

            drawn[at..i].CopyTo(drawn[(at + 1)..]);
            drawn[at] = card;
            hand[i] = card;
        }
    }
}
